import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { hasCode } from "../../../provider/errors";
import { lookAtImageFiles } from "../../../provider/sources/imageFiles";
import type { FileEntry } from "../../../provider/sources/source";
import { testFolder } from "./folders";
import { bytesOf } from "./streams";

describe("lookAtImageFiles", () => {
  const folder = testFolder();

  const modes: readonly (readonly [title: string, content: string, mode: number])[] = [
    ["ELF file", "\x7fELF and more", 0o755],
    ["script", "#!/bin/sh\n", 0o755],
    ["text", "hello", 0o644],
    ["empty file", "", 0o644],
  ];
  for (const [title, content, mode] of modes)
    it(`gives a file that is a ${title} the mode 0${mode.toString(8)}, whatever its own is`, async () => {
      for (const own of [0o600, 0o777]) {
        chmodSync(folder.write("file", content), own);
        const [file] = await lookAtImageFiles({ "/file": "file" }, folder.path());
        assert.equal(file?.entry.mode, mode);
      }
    });

  it("gives files the owner and group 0, and what the entry says instead", async () => {
    folder.write("file", "text");
    const [plain, owned] = await lookAtImageFiles(
      { "/a": "file", "/b": { path: "file", mode: 0o4750, uid: 65_532, gid: 4_294_967_294 } },
      folder.path(),
    );
    assert.deepEqual(pick(plain?.entry), { name: "a", mode: 0o644, uid: 0, gid: 0 });
    assert.deepEqual(pick(owned?.entry), { name: "b", mode: 0o4750, uid: 65_532, gid: 4_294_967_294 });
  });

  it("resolves relative paths against the folder and reads the content behind a link", async () => {
    symlinkSync(folder.write("out/server", "content"), folder.path("link"));
    const [file] = await lookAtImageFiles({ "/server": "link" }, folder.path());
    assert.equal((await bytesOf(file?.entry.content?.open() ?? [])).toString(), "content");
  });

  it("refuses an empty map, saying what to do", async () => {
    await assert.rejects(lookAtImageFiles({}, folder.path()), refused("source.files", /Map at least one/));
  });

  const wrong: readonly (readonly [FileEntry, path: string])[] = [
    ["", 'source.files["/x"]'],
    [{ path: "" }, 'source.files["/x"]'],
    [{ path: "file", mode: 0o10000 }, 'source.files["/x"].mode'],
    [{ path: "file", mode: -1 }, 'source.files["/x"].mode'],
    [{ path: "file", uid: 0.5 }, 'source.files["/x"].uid'],
    [{ path: "file", gid: 4_294_967_295 }, 'source.files["/x"].gid'],
  ];
  for (const [entry, path] of wrong)
    it(`refuses the entry ${JSON.stringify(entry)}, naming ${path}`, async () => {
      folder.write("file", "text");
      await assert.rejects(lookAtImageFiles({ "/x": entry }, folder.path()), refused(path, /\S/));
    });

  it("blames the entry of a file that is not there, with its absolute path", async () => {
    await assert.rejects(
      lookAtImageFiles({ "/server": "out/server" }, folder.path()),
      (error: unknown) =>
        hasCode(error, "ERR_SOURCE_UNAVAILABLE") &&
        error.message.startsWith(`source.files["/server"]: ${folder.path("out/server")}`) &&
        /Build it first, or correct the path/.test(error.message),
    );
  });

  describe("for a local folder", () => {
    const listed = async (entry: FileEntry, target = "/app") =>
      (await lookAtImageFiles({ [target]: entry }, folder.path())).map(
        ({ entry: { name, mode, uid, gid, linkpath } }) =>
          [name, mode.toString(8), `${uid}/${gid}`, linkpath].filter(Boolean).join(" "),
      );
    beforeEach(() => {
      folder.write("out/bin/tool", "#!/bin/sh\n");
      folder.write("out/text", "");
      mkdirSync(folder.path("out/empty"), { mode: 0o700 });
      symlinkSync("bin/tool", folder.path("out/link"));
    });

    it("takes everything in it: files, folders, empty ones too, and links as links", async () => {
      assert.deepEqual(await listed("out"), [
        "app 755 0/0",
        "app/bin 755 0/0",
        "app/bin/tool 755 0/0",
        "app/empty 755 0/0",
        "app/link 777 0/0 bin/tool",
        "app/text 644 0/0",
      ]);
    });

    for (const target of ["/", "/app/", "/app/."])
      it(`takes ${target} as its target`, async () => {
        assert.ok((await listed("out", target)).includes(`${target === "/" ? "" : "app/"}text 644 0/0`));
      });

    it("gives its files the entry's mode, its folders also the right to search, all of it the owner", async () => {
      assert.deepEqual(await listed({ path: "out", mode: 0o640, uid: 1, gid: 2 }), [
        "app 750 1/2",
        "app/bin 750 1/2",
        "app/bin/tool 640 1/2",
        "app/empty 750 1/2",
        "app/link 777 1/2 bin/tool",
        "app/text 640 1/2",
      ]);
    });

    it("takes names as bytes: control characters, backslashes and what is no UTF-8", async () => {
      const names = ["n\nl", "dev-disk-by\\\\x2dlabel.device", ' spaces and "quotes" $HOME', "x".repeat(255)];
      for (const name of names) folder.write(`odd/${name}`, "");
      writeFileSync(Buffer.from(`${folder.path("odd")}/caf\xe9`, "latin1"), "text");
      const found = await lookAtImageFiles({ "/app": folder.path("odd") }, folder.path());
      assert.deepEqual(
        found.slice(1).map(({ entry }) => entry.name.slice(4)),
        [...names, "caf\udce9"].sort(),
      );
      const [content] = found.flatMap(({ entry }) => (entry.name === "app/caf\udce9" ? [entry.content] : []));
      assert.equal((await bytesOf(content?.open() ?? [])).toString(), "text");
    });

    it("refuses a path that no container can unpack, blaming the entry", async () => {
      folder.write("out/a", "");
      const target = `/${"d/".repeat(2047)}x`;
      await assert.rejects(
        lookAtImageFiles({ [target]: folder.path("out") }, folder.path()),
        refused(`source.files["${target}"]`, /more than 4095 bytes/),
      );
    });

    it("refuses a name that a layer would take for a deletion, blaming the entry", async () => {
      folder.write("out/.wh.passwd", "");
      await assert.rejects(listed("out"), refused('source.files["/app"]', /"\.wh\.passwd".*deletion/));
    });
  });

  it("refuses a file for a target that can only be a folder", async () => {
    folder.write("file", "");
    await assert.rejects(
      lookAtImageFiles({ "/app/": "file" }, folder.path()),
      refused('source.files["/app/"]', /names a folder, but .*file is a file/),
    );
  });

  it("takes nothing from the local file's times", async () => {
    const path = folder.write("file", "text");
    const before = await lookAtImageFiles({ "/a": path }, folder.path());
    utimesSync(path, 1, 1);
    const after = await lookAtImageFiles({ "/a": path }, folder.path());
    assert.deepEqual(pick(after[0]?.entry), pick(before[0]?.entry));
  });
});

function pick(entry: { name: string; mode: number; uid: number; gid: number } | undefined) {
  return entry && { name: entry.name, mode: entry.mode, uid: entry.uid, gid: entry.gid };
}

function refused(path: string, message: RegExp): (error: unknown) => boolean {
  return (error) => hasCode(error, "ERR_INPUT_INVALID") && error.details.path === path && message.test(error.message);
}
