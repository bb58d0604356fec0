import assert from "node:assert/strict";
import { chmodSync, symlinkSync, utimesSync } from "node:fs";
import { hasCode } from "../../../provider/errors";
import { executablePlatforms, layerEntries, lookAtImageFiles } from "../../../provider/sources/imageFiles";
import type { FileEntry } from "../../../provider/sources/source";
import { binaryFor } from "../../support/images";
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

  it("gives a Windows program the mode 0755", async () => {
    const [file] = await lookAtImageFiles({ "/server.exe": binaryFor("windows/amd64") }, folder.path());
    assert.equal(file?.entry.mode, 0o755);
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
    assert.equal((await bytesOf(file?.entry.content?.open() ?? empty())).toString(), "content");
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
    it(`refuses the entry ${JSON.stringify(entry)}, blaming ${path}`, async () => {
      folder.write("file", "text");
      await assert.rejects(lookAtImageFiles({ "/x": entry }, folder.path()), refused(path, /\S/));
    });

  it("names a missing local file with its absolute path", async () => {
    await assert.rejects(
      lookAtImageFiles({ "/server": "out/server" }, folder.path()),
      (error: unknown) =>
        hasCode(error, "ERR_SOURCE_UNAVAILABLE") &&
        error.message.startsWith(folder.path("out/server")) &&
        /Build it first, or correct the path/.test(error.message),
    );
  });

  it("refuses a local folder, saying that the files are to be listed", async () => {
    folder.write("out/server", "");
    await assert.rejects(lookAtImageFiles({ "/out": "out" }, folder.path()), /list the files/);
  });

  it("takes nothing from the local file's times", async () => {
    const path = folder.write("file", "text");
    const before = await lookAtImageFiles({ "/a": path }, folder.path());
    utimesSync(path, 1, 1);
    const after = await lookAtImageFiles({ "/a": path }, folder.path());
    assert.deepEqual(pick(after[0]?.entry), pick(before[0]?.entry));
  });
});

describe("layerEntries", () => {
  const file = (name: string) => ({ name, mode: 0o600, uid: 1, gid: 2, content: { size: 0, open: empty } });
  const modes = (entries: ReturnType<typeof layerEntries>) =>
    entries.map(({ name, mode, uid, gid }) => `${name} ${mode.toString(8)} ${uid}/${gid}`);

  it("puts each folder once, with mode 0755 and owner 0, before what it holds, all sorted by name", () => {
    assert.deepEqual(
      modes(layerEntries([file("usr/bin/b"), file("usr/bin/a"), file("etc/x"), file("usr-x")], "linux")),
      [
        "etc 755 0/0",
        "etc/x 600 1/2",
        "usr 755 0/0",
        "usr-x 600 1/2",
        "usr/bin 755 0/0",
        "usr/bin/a 600 1/2",
        "usr/bin/b 600 1/2",
      ],
    );
  });

  it("puts the files of a Windows image below Files, beside Hives", () => {
    assert.deepEqual(modes(layerEntries([file("app/x.exe")], "windows")), [
      "Files 755 0/0",
      "Files/app 755 0/0",
      "Files/app/x.exe 600 1/2",
      "Hives 755 0/0",
    ]);
  });
});

describe("executablePlatforms", () => {
  const folder = testFolder();

  it("lists the programs whose header tells a platform, by target path", async () => {
    folder.write("script", "#!/bin/sh\n");
    folder.write("text", "text");
    const files = await lookAtImageFiles(
      { "/text": "text", "/script": "script", "/b": binaryFor("linux/arm64"), "/a": binaryFor("windows/amd64") },
      folder.path(),
    );
    assert.deepEqual(executablePlatforms(files), [
      { path: "/a", platform: { architecture: "amd64", os: "windows" } },
      { path: "/b", platform: { architecture: "arm64", os: "linux" } },
    ]);
  });
});

function pick(entry: { name: string; mode: number; uid: number; gid: number } | undefined) {
  return entry && { name: entry.name, mode: entry.mode, uid: entry.uid, gid: entry.gid };
}

function refused(path: string, message: RegExp): (error: unknown) => boolean {
  return (error) => hasCode(error, "ERR_INPUT_INVALID") && error.details.path === path && message.test(error.message);
}

async function* empty(): AsyncGenerator<Uint8Array> {}
