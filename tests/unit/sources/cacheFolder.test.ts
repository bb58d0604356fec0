import assert from "node:assert/strict";
import { chmodSync, mkdirSync, statSync, symlinkSync } from "node:fs";
import { cacheFolder, makePrivateFolder } from "../../../provider/sources/cacheFolder";
import { testFolder } from "./folders";

describe("cacheFolder", () => {
  const table: readonly (readonly [string, Record<string, string>, string | undefined])[] = [
    ["the home's .cache", { HOME: "/home/a" }, "/home/a/.cache/pulumi-multiarch"],
    ["XDG_CACHE_HOME before the home", { HOME: "/home/a", XDG_CACHE_HOME: "/c" }, "/c/pulumi-multiarch"],
    ["not a relative XDG_CACHE_HOME", { HOME: "/home/a", XDG_CACHE_HOME: "c" }, "/home/a/.cache/pulumi-multiarch"],
    ["LOCALAPPDATA before the home", { HOME: "/home/a", LOCALAPPDATA: "/local" }, "/local/pulumi-multiarch"],
    ["its own variable before all", { PULUMI_MULTIARCH_CACHE_DIR: "/own", XDG_CACHE_HOME: "/c" }, "/own"],
    ["none when its own variable is empty", { PULUMI_MULTIARCH_CACHE_DIR: "", HOME: "/home/a" }, undefined],
    ["none without a home", {}, undefined],
  ];
  for (const [title, environment, expected] of table)
    it(`is ${title}`, () => {
      assert.equal(cacheFolder(environment), expected);
    });
});

describe("makePrivateFolder", () => {
  const folder = testFolder();

  it("makes a folder, and those above it, that only this user may use", async () => {
    assert.equal(await makePrivateFolder(folder.path("a/b")), true);
    assert.equal(statSync(folder.path("a/b")).mode & 0o777, 0o700);
  });

  it("refuses a folder that others can write to", async () => {
    mkdirSync(folder.path("shared"));
    chmodSync(folder.path("shared"), 0o777);
    assert.equal(await makePrivateFolder(folder.path("shared")), false);
  });

  it("refuses a link, also to a folder that only this user may use", async () => {
    mkdirSync(folder.path("documents"), { mode: 0o700 });
    symlinkSync(folder.path("documents"), folder.path("linked"));
    assert.equal(await makePrivateFolder(folder.path("linked")), false);
  });

  it("refuses what is no folder, and a home that does not exist", async () => {
    folder.write("file", "");
    assert.equal(await makePrivateFolder(folder.path("file/below")), false);
    assert.equal(await makePrivateFolder("/there-is-no-such-top-folder/.cache"), false);
  });
});
