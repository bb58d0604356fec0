import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, truncateSync, unlinkSync } from "node:fs";
import { createServer } from "node:net";
import { hasCode } from "../../../provider/errors";
import { lookAtLocalFile, readLocalFile } from "../../../provider/sources/localFile";
import { testFolder } from "./folders";
import { bytesOf } from "./streams";

const following = { followsLink: true, remedy: "Build it first." };
const plain = { followsLink: false, remedy: "Export it again." };

describe("lookAtLocalFile", () => {
  const folder = testFolder();

  it("tells the size and the first bytes", async () => {
    const path = folder.write("a", "0123456789");
    assert.deepEqual(await lookAtLocalFile(path, 4, following), { path, size: 10, head: Buffer.from("0123") });
  });

  it("gives all bytes of a file that has fewer", async () => {
    assert.deepEqual((await lookAtLocalFile(folder.write("a", "01"), 4, following)).head, Buffer.from("01"));
  });

  it("follows a symbolic link where that is wanted", async () => {
    symlinkSync(folder.write("a", "content"), folder.path("link"));
    assert.equal((await lookAtLocalFile(folder.path("link"), 0, following)).size, 7);
  });

  it("security row 8: refuses a symbolic link where that is not wanted", async () => {
    symlinkSync(folder.write("a", "content"), folder.path("link"));
    await assert.rejects(
      lookAtLocalFile(folder.path("link"), 0, plain),
      unavailable(folder.path("link"), /is a symbolic link/),
    );
  });

  it("names a missing file, and what to do", async () => {
    const path = folder.path("missing");
    await assert.rejects(lookAtLocalFile(path, 0, following), unavailable(path, /no such file\. Build it first\./));
  });

  it("names a path through a file, and what to do", async () => {
    const path = `${folder.write("a", "")}/b`;
    await assert.rejects(lookAtLocalFile(path, 0, plain), unavailable(path, /not a folder\. Export it again\./));
  });

  it("names symbolic links that lead in a circle", async () => {
    symlinkSync(folder.path("link"), folder.path("link"));
    await assert.rejects(
      lookAtLocalFile(folder.path("link"), 0, following),
      unavailable(folder.path("link"), /in a circle/),
    );
  });

  it("refuses a folder, saying what to name instead", async () => {
    mkdirSync(folder.path("a"));
    const message = /is a folder\. Name a file\./;
    await assert.rejects(lookAtLocalFile(folder.path("a"), 0, following), unavailable(folder.path("a"), message));
  });

  it("refuses a pipe without waiting for somebody to write into it", async () => {
    execFileSync("mkfifo", [folder.path("pipe")]);
    await assert.rejects(
      lookAtLocalFile(folder.path("pipe"), 0, following),
      unavailable(folder.path("pipe"), /not a regular file/),
    );
  });
});

describe("readLocalFile", () => {
  const folder = testFolder();

  for (const size of [0, 1, 200_000])
    it(`yields all ${size} bytes`, async () => {
      const path = folder.write("a", Buffer.alloc(size, 7));
      assert.ok((await bytesOf(readLocalFile({ path, size }, following))).equals(Buffer.alloc(size, 7)));
    });

  it("fails before the first byte when the size has changed since", async () => {
    const path = folder.write("a", "123");
    await assert.rejects(readLocalFile({ path, size: 2 }, following).next(), unavailable(path, /changed while/));
  });

  it("fails when the file grows while it is read", async () => {
    const { path, size, reading } = await begin();
    appendFileSync(path, "more");
    await assert.rejects(bytesOf(reading), unavailable(path, /changed while/));
    assert.equal(size, 1_000_000);
  });

  it("fails when the file shrinks while it is read", async () => {
    const { path, reading } = await begin();
    truncateSync(path, 100_000);
    await assert.rejects(bytesOf(reading), unavailable(path, /changed while/));
  });

  it("fails when the file is gone", async () => {
    const path = folder.write("a", "123");
    unlinkSync(path);
    await assert.rejects(bytesOf(readLocalFile({ path, size: 3 }, following)), unavailable(path, /no such file/));
  });

  it("says of a file of /proc that it has no size of its own", async () => {
    await assert.rejects(
      lookAtLocalFile("/proc/version", 10, following),
      unavailable("/proc/version", /a content but no size.*Copy it/),
    );
  });

  it("says of a socket what it is", async () => {
    const server = createServer().listen(folder.path("socket"));
    await once(server, "listening");
    try {
      await assert.rejects(
        lookAtLocalFile(folder.path("socket"), 10, following),
        unavailable(folder.path("socket"), /it is a socket/),
      );
    } finally {
      server.close();
    }
  });

  it("closes the file when its reader stops early", async () => {
    const { path, reading } = await begin();
    assert.deepEqual(openDescriptors(path), 1);
    await reading.return(undefined);
    assert.deepEqual(openDescriptors(path), 0);
  });

  async function begin() {
    const size = 1_000_000;
    const path = folder.write("a", Buffer.alloc(size));
    const reading = readLocalFile({ path, size }, following);
    await reading.next();
    return { path, size, reading };
  }
});

/** How often this process has a file open; Linux tells. */
function openDescriptors(path: string): number {
  const links = readdirSync("/proc/self/fd").map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      return ""; // the descriptor of the listing itself is closed by now
    }
  });
  return links.filter((link) => link === path).length;
}

function unavailable(path: string, message: RegExp): (error: unknown) => boolean {
  return (error) =>
    hasCode(error, "ERR_SOURCE_UNAVAILABLE") &&
    error.details.source === path &&
    error.message.startsWith(`${path} `) &&
    message.test(error.message);
}
