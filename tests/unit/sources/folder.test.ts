import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { hasCode } from "../../../provider/errors";
import { listFolder } from "../../../provider/sources/folder";
import { testFolder } from "./folders";

describe("listFolder", () => {
  const folder = testFolder();
  const refused = (name: string, message: RegExp) => (error: unknown) =>
    hasCode(error, "ERR_SOURCE_UNAVAILABLE") &&
    error.details.source === folder.path(name) &&
    error.message.startsWith(folder.path(name)) &&
    message.test(error.message);

  it("lists files, folders and links at any depth, sorted by name, folders first", async () => {
    folder.write("b/c/file", "");
    folder.write("a-file", "");
    mkdirSync(folder.path("a"));
    symlinkSync("b/c", folder.path("link"));
    assert.deepEqual(
      (await listFolder(folder.path())).map(({ name, kind, linkpath }) => [name, kind, linkpath]),
      [
        ["a", "folder", undefined],
        ["a-file", "file", undefined],
        ["b", "folder", undefined],
        ["b/c", "folder", undefined],
        ["b/c/file", "file", undefined],
        ["link", "link", "b/c"],
      ],
    );
  });

  it("lists nothing of an empty folder", async () => {
    assert.deepEqual(await listFolder(folder.path()), []);
  });

  for (const [name, linkpath] of [
    ["bin/node", "../lib/node"],
    ["dangling", "nothing/there"],
    ["absolute", "/etc/ssl/certs"],
    ["self", "."],
  ] as const)
    it(`keeps a link to ${linkpath} as it is, without following it`, async () => {
      mkdirSync(folder.path("bin"), { recursive: true });
      symlinkSync(linkpath, folder.path(name));
      const members = await listFolder(folder.path());
      assert.equal(members.find((member) => member.name === name)?.linkpath, linkpath);
    });

  for (const [name, linkpath] of [
    ["out", "../elsewhere"],
    ["deep/out", "../../elsewhere"],
    ["up", ".."],
    ["winding", "deep/../../elsewhere"],
  ] as const)
    it(`security row 8: refuses ${name}, a link to ${linkpath}, which leads out of the folder`, async () => {
      mkdirSync(folder.path("deep"), { recursive: true });
      symlinkSync(linkpath, folder.path(name));
      await assert.rejects(listFolder(folder.path()), refused(name, /leads out of .*make the link absolute/));
    });

  it("refuses a pipe, naming it", async () => {
    execFileSync("mkfifo", [folder.path("pipe")]);
    await assert.rejects(listFolder(folder.path()), refused("pipe", /is a device, pipe or socket/));
  });

  it("refuses a socket, naming it", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(folder.path("socket"), resolve));
    try {
      await assert.rejects(listFolder(folder.path()), refused("socket", /is a device, pipe or socket/));
    } finally {
      server.close();
    }
  });

  it("says of a folder that is gone that it cannot be listed", async () => {
    await assert.rejects(listFolder(folder.path("gone")), refused("gone", /cannot be listed/));
  });
});
