import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { mergeLayers } from "../../../provider/sources/baseTree";
import type { TarHeader } from "../../../provider/sources/tarHeaders";
import { file, folder, link } from "./tarHeaderMakers";

const tree = (...layers: readonly (readonly TarHeader[])[]) => mergeLayers(layers, false);

describe("mergeLayers", () => {
  it("knows what stands at a name, links not followed", () => {
    const merged = tree([folder("usr", { mode: 0o700, uid: 7 }), link("bin", "usr/bin"), file("etc/passwd")]);
    assert.deepEqual(merged.entryAt("usr"), folder("usr", { mode: 0o700, uid: 7 }));
    assert.equal(merged.entryAt("bin")?.type, "link");
    assert.equal(merged.entryAt("etc/passwd")?.type, "file");
    assert.equal(merged.entryAt("usr/bin"), undefined);
  });

  it("lets an upper layer's folder change a lower one's header and keep its content", () => {
    const merged = tree([folder("a"), file("a/b")], [folder("a", { mode: 0o700 })]);
    assert.deepEqual([merged.entryAt("a")?.mode, merged.entryAt("a/b")?.type], [0o700, "file"]);
  });

  it("lets a file or link take the place of a folder with all that is in it, and the other way round", () => {
    const merged = tree([folder("a"), file("a/b"), link("c", "a")], [link("a", "x"), folder("c")]);
    assert.deepEqual(
      [merged.entryAt("a")?.type, merged.entryAt("a/b"), merged.entryAt("c")?.type],
      ["link", undefined, "folder"],
    );
  });

  it("deletes what a whiteout names, from the layers below alone, wherever it stands in its layer", () => {
    const merged = tree(
      [folder("a"), file("a/b"), file("a/c"), folder("d"), file("d/e")],
      [file("a/b"), file("a/.wh.b"), file("a/.wh.c"), file(".wh.d")],
    );
    const types = ["a/b", "a/c", "d", "d/e"].map((name) => merged.entryAt(name)?.type);
    assert.deepEqual(types, ["file", undefined, undefined, undefined]);
  });

  it("empties a folder that an upper layer makes opaque, but for what that layer puts there", () => {
    const merged = tree([folder("a"), file("a/b")], [file("a/c"), file("a/.wh..wh..opq")]);
    assert.deepEqual([merged.entryAt("a/b"), merged.entryAt("a/c")?.type], [undefined, "file"]);
  });

  it("writes a layer's entries where the links of lower layers lead, as runtimes do", () => {
    const merged = tree([folder("usr/lib"), link("lib", "usr/lib")], [file("lib/x")]);
    assert.equal(merged.entryAt("usr/lib/x")?.type, "file");
  });

  it("takes names of Object.prototype for names like any other", () => {
    const merged = tree([file("__proto__/constructor")]);
    assert.equal(merged.entryAt("__proto__/constructor")?.type, "file");
    assert.equal(merged.entryAt("toString"), undefined);
  });
});

describe("folderAt", () => {
  const table: readonly (readonly [title: string, headers: readonly TarHeader[], name: string, expected: string])[] = [
    ["a name without links", [folder("usr/bin")], "usr/bin", "usr/bin"],
    ["what is not there yet", [], "opt/app", "opt/app"],
    ["a relative link", [link("bin", "usr/bin")], "bin", "usr/bin"],
    ["a link on the way", [link("lib", "usr/lib")], "lib/x/y", "usr/lib/x/y"],
    ["an absolute link", [link("var/run", "/run")], "var/run/x", "run/x"],
    ["a link to a link", [link("a", "b"), link("b", "c")], "a/x", "c/x"],
    ["a link with `..`", [link("a/b", "../c")], "a/b/x", "c/x"],
    ["security row 8: a link that would lead out of the root", [link("a", "../../../etc")], "a/x", "etc/x"],
    ["the root itself", [], "", ""],
  ];
  for (const [title, headers, name, expected] of table)
    it(`follows ${title}`, () => {
      assert.equal(tree(headers).folderAt(name), expected);
    });

  it("refuses a way through a file, naming it", () => {
    assert.throws(
      () => tree([file("etc/passwd")]).folderAt("etc/passwd/x"),
      /leads through \/etc\/passwd, which is a file/,
    );
  });

  it("security row 8: refuses links that lead in a circle", () => {
    assert.throws(
      () => tree([link("a", "b"), link("b", "a")]).folderAt("a/x"),
      (error: unknown) => hasCode(error, "ERR_CONTENT_INVALID") && /circle/.test(error.message),
    );
  });

  it("finds Windows' names whatever their case, and spells them as the base does", () => {
    const merged = mergeLayers([[folder("Files/Windows/System32")]], true);
    assert.equal(merged.folderAt("Files/windows/SYSTEM32/app"), "Files/Windows/System32/app");
  });
});
