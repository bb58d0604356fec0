import assert from "node:assert/strict";
import type { Scope } from "../../../provider/distribution/authorization";
import { scopeTexts } from "../../../provider/distribution/scope";

describe("scopeTexts", () => {
  const cases: readonly (readonly [title: string, wanted: readonly Scope[], expected: readonly string[]])[] = [
    ["asks for nothing when nothing is needed", [], []],
    [
      "writes a scope as the specification does",
      [{ repository: "team/app", actions: ["pull", "push"] }],
      ["repository:team/app:pull,push"],
    ],
    [
      "puts actions in one order",
      [{ repository: "a", actions: ["delete", "push", "pull"] }],
      ["repository:a:pull,push,delete"],
    ],
    [
      "merges what is needed of one repository",
      [
        { repository: "a", actions: ["pull"] },
        { repository: "a", actions: ["pull", "push"] },
      ],
      ["repository:a:pull,push"],
    ],
    [
      "sorts repositories",
      [
        { repository: "b", actions: ["pull"] },
        { repository: "a", actions: ["pull"] },
      ],
      ["repository:a:pull", "repository:b:pull"],
    ],
  ];
  for (const [title, wanted, expected] of cases) it(title, () => assert.deepEqual(scopeTexts(wanted), expected));

  describe("with a challenge's scope", () => {
    const wanted: readonly Scope[] = [{ repository: "team/app", actions: ["pull"] }];
    const challenged: readonly (readonly [title: string, scope: string, expected: string])[] = [
      ["adds known actions on a wanted repository", "repository:team/app:push,pull", "pull,push"],
      ["adds the actions of Azure's tag API", "repository:team/app:metadata_write", "pull,metadata_write"],
      ["security row 11: ignores another repository", "repository:other:push", "pull"],
      ["security row 11: ignores a part with an unknown action", "repository:team/app:push,admin", "pull"],
      ["security row 11: ignores the wildcard action", "repository:team/app:*", "pull"],
      ["security row 11: ignores scopes that are no repository's", "registry:catalog:*", "pull"],
      ["security row 11: ignores a repository with a class", "repository(plugin):team/app:push", "pull"],
      ["security row 11: takes the parts that qualify", "repository:x:pull repository:team/app:delete", "pull,delete"],
      ["security row 11: ignores what is no scope", "push&scope=repository:x:push", "pull"],
    ];
    for (const [title, scope, actions] of challenged)
      it(title, () => assert.deepEqual(scopeTexts(wanted, scope), [`repository:team/app:${actions}`]));
  });
});
