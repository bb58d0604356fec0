import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { mergeLayers } from "../../../provider/sources/baseTree";
import type { ImageFile } from "../../../provider/sources/imageFiles";
import { layerEntries } from "../../../provider/sources/layerEntries";
import type { TarEntry } from "../../../provider/sources/tar";
import type { TarHeader } from "../../../provider/sources/tarHeaders";
import { cut } from "./streams";
import * as base from "./tarHeaderMakers";

const content = { size: 0, open: () => cut(Buffer.alloc(0)) };
const nothing: readonly TarHeader[] = [];

describe("layerEntries without a base", () => {
  it("puts each folder once, with mode 0755 and owner 0, before what it holds, all sorted by name", () => {
    assert.deepEqual(lines(nothing, file("usr/bin/b"), file("usr/bin/a"), file("etc/x"), file("usr-x")), [
      "etc/ 755 0/0",
      "etc/x 600 1/2",
      "usr/ 755 0/0",
      "usr-x 600 1/2",
      "usr/bin/ 755 0/0",
      "usr/bin/a 600 1/2",
      "usr/bin/b 600 1/2",
    ]);
  });

  it("gives a folder that has its own entry what that says, whichever comes first", () => {
    for (const files of [
      [file("a/x"), folder("a")],
      [folder("a"), file("a/x")],
    ])
      assert.deepEqual(lines(nothing, ...files), ["a/ 700 1/2", "a/x 600 1/2"]);
  });

  it("writes no entry for the root", () => {
    assert.deepEqual(lines(nothing, folder(""), file("x")), ["x 600 1/2"]);
  });

  it("lets the last of two files with one name win", () => {
    const own = { ...file("app/config", "/app/config"), entry: { ...file("app/config").entry, mode: 0o644 } };
    assert.deepEqual(lines(nothing, folder("app"), file("app/config", "/app"), own), [
      "app/ 700 1/2",
      "app/config 644 1/2",
    ]);
  });

  it("refuses a file below another file or link, whichever comes first", () => {
    const inner = file("a/b/c", "/a/b/c");
    for (const outer of [file("a", "/a"), link("a", "x", "/a")]) {
      refused(nothing, [outer, inner], "/a/b/c", /"\/a\/b\/c" lies below "\/a", which is a file or link/);
      refused(nothing, [inner, outer], "/a", /"\/a" and "\/a\/b\/c" claim \/a, one as a folder/);
    }
  });
});

describe("layerEntries on a base", () => {
  it("keeps mode, owner and attributes of the folders that the base has", () => {
    const pax = { "SCHILY.xattr.user.a": "b" };
    const headers = [base.folder("srv", { mode: 0o1770, uid: 33, gid: 34, pax })];
    const entries = layerEntries([folder("srv"), file("srv/app/x")], mergeLayers([headers], false));
    assert.deepEqual(entries[0], { name: "srv", mode: 0o1770, uid: 33, gid: 34, pax });
    assert.deepEqual(lines(headers, folder("srv"), file("srv/app/x")).slice(1), [
      "srv/app/ 755 0/0",
      "srv/app/x 600 1/2",
    ]);
  });

  it("writes through the links of the base and never puts a folder in a link's place", () => {
    const merged = [base.folder("usr"), base.folder("usr/bin", { mode: 0o711 }), base.link("bin", "usr/bin")];
    const expected = ["usr/ 755 0/0", "usr/bin/ 711 0/0", "usr/bin/x 600 1/2"];
    assert.deepEqual(lines(merged, file("bin/x")), expected);
    assert.deepEqual(lines(merged, folder("bin"), file("bin/x")), expected);
  });

  it("makes the folder that a link of the base leads to, when it is not there", () => {
    assert.deepEqual(lines([base.link("var/run", "/run")], file("var/run/x")), ["run/ 755 0/0", "run/x 600 1/2"]);
  });

  it("puts a file in the place of a file or link of the base", () => {
    const headers = [base.folder("etc"), base.file("etc/a"), base.link("etc/b", "a")];
    assert.deepEqual(lines(headers, file("etc/a"), file("etc/b")), ["etc/ 755 0/0", "etc/a 600 1/2", "etc/b 600 1/2"]);
  });

  it("refuses a file or link in the place of a folder of the base", () => {
    for (const entry of [file("etc", "/etc"), link("etc", "x", "/etc")])
      refused([base.folder("etc")], [entry], "/etc", /is a folder of the base/);
  });

  it("refuses a file below a file of the base", () => {
    refused([base.file("etc/passwd")], [file("etc/passwd/x", "/t")], "/t", /leads through \/etc\/passwd/);
  });

  it("refuses two files that a link of the base brings to one place", () => {
    const files = [file("bin/x", "/bin/x"), file("usr/bin/x", "/usr/bin/x")];
    refused([base.link("bin", "usr/bin")], files, "/usr/bin/x", /is the same place as "\/bin\/x", through a link/);
  });
});

function lines(headers: readonly TarHeader[], ...files: readonly ImageFile[]): readonly string[] {
  return layerEntries(files, mergeLayers([headers], false)).map((entry) => {
    const { name, mode, uid, gid } = entry;
    const isFolder = entry.content === undefined && entry.linkpath === undefined;
    return `${name}${isFolder ? "/" : ""} ${mode.toString(8)} ${uid}/${gid}`;
  });
}

function refused(headers: readonly TarHeader[], files: readonly ImageFile[], target: string, message: RegExp): void {
  assert.throws(
    () => lines(headers, ...files),
    (error: unknown) =>
      hasCode(error, "ERR_INPUT_INVALID") &&
      error.details.path === `source.files["${target}"]` &&
      message.test(error.message),
  );
}

function placed(entry: TarEntry, target: string): ImageFile {
  return { target, path: "/local", entry };
}

function file(name: string, target = `/${name}`): ImageFile {
  return placed({ name, mode: 0o600, uid: 1, gid: 2, content }, target);
}

function folder(name: string): ImageFile {
  return placed({ name, mode: 0o700, uid: 1, gid: 2 }, `/${name}`);
}

function link(name: string, linkpath: string, target: string): ImageFile {
  return placed({ name, mode: 0o777, uid: 1, gid: 2, linkpath }, target);
}
