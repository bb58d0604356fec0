import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { mediaTypes } from "../../../../provider/oci/mediaTypes";
import { createProgress, type Progress } from "../../../../provider/resources/process/progress";
import type { SourceBlob } from "../../../../provider/sources/source";

const chunkBytes = 1_000_000;

/** A blob of so many chunks of a megabyte, which come one by one. */
function blobOf(name: string, chunks: number, mediaType: string = mediaTypes.ociLayer): SourceBlob {
  const descriptor = { mediaType, digest: `sha256:${name.repeat(64)}`, size: chunks * chunkBytes };
  const bytes = Array.from({ length: chunks }, () => Buffer.alloc(chunkBytes));
  return { descriptor, open: async () => Readable.from(bytes) };
}

async function read(blob: SourceBlob): Promise<void> {
  for await (const _ of await blob.open());
}

describe("createProgress", () => {
  /** How long each chunk takes. */
  let chunkMs: number;
  let rows: string[];
  let progress: Progress;
  beforeEach(() => {
    let now = 0;
    const clock = {
      now: () => {
        now += chunkMs;
        return now;
      },
    };
    chunkMs = 1000;
    rows = [];
    progress = createProgress(clock, (row) => rows.push(row));
  });

  it("tells layers, bytes and rate while a blob is read", async () => {
    await progress.follow(blobOf("a", 3), read);
    assert.deepEqual(rows, [
      "0 of 1 layer, 1.00 MB of 3.00 MB, 1.00 MB/s",
      "0 of 1 layer, 2.00 MB of 3.00 MB, 1.00 MB/s",
      "0 of 1 layer, 3.00 MB of 3.00 MB, 1.00 MB/s",
    ]);
  });

  it("tells at most two rows a second", async () => {
    chunkMs = 10;
    await progress.follow(blobOf("a", 300), read);
    assert.equal(rows.length, 6);
  });

  it("tells nothing of what is done within half a second", async () => {
    chunkMs = 100;
    await progress.follow(blobOf("a", 4), read);
    assert.deepEqual(rows, []);
  });

  it("counts all blobs that are on their way, and those that are done", async () => {
    await progress.follow(blobOf("a", 2), read);
    await Promise.all([
      progress.follow(blobOf("b", 1), read),
      progress.follow(blobOf("c", 1, mediaTypes.ociConfig), read),
    ]);
    assert.equal(rows.at(-1), "1 of 2 layers, 4.00 MB of 4.00 MB, 1.00 MB/s");
  });

  it("counts a blob that need not be read, mounted or there already, as done but not as moved", async () => {
    await progress.follow(blobOf("a", 9), async () => "mounted");
    await progress.follow(blobOf("b", 2), read);
    assert.equal(rows[0], "1 of 2 layers, 10.0 MB of 11.0 MB, 1.00 MB/s");
  });

  it("begins a blob anew when it is sent again, while the rate counts every byte", async () => {
    await progress.follow(blobOf("a", 2), async (blob) => {
      await read(blob);
      await read(blob);
    });
    assert.equal(rows[2], "0 of 1 layer, 1.00 MB of 2.00 MB, 1.00 MB/s");
  });

  it("counts a blob that several manifests share once", async () => {
    await progress.follow(blobOf("a", 1), read);
    await progress.follow(blobOf("a", 1), read);
    await progress.follow(blobOf("b", 1), read);
    assert.match(rows.at(-1) ?? "", /^1 of 2 layers, 2\.00 MB of 2\.00 MB/);
  });

  it("tells the rate of the last five seconds, not of all", async () => {
    await progress.follow(blobOf("a", 10), read);
    chunkMs = 10_000;
    await progress.follow(blobOf("b", 10), read);
    assert.match(rows.at(-1) ?? "", /, 100 kB\/s$/);
  });

  it("counts the bytes that are opened for sending alone", async () => {
    const bytes = Buffer.alloc(chunkBytes);
    async function* chunks() {
      yield bytes;
    }
    const blob = { ...blobOf("a", 1), openForSending: async () => chunks() };
    await progress.follow(blob, async ({ openForSending }) => {
      for await (const chunk of (await openForSending?.()) ?? []) assert.equal(chunk, bytes);
    });
    assert.deepEqual(rows, ["0 of 1 layer, 1.00 MB of 1.00 MB, 1.00 MB/s"]);
  });

  it("passes on what the push returns and throws", async () => {
    assert.equal(await progress.follow(blobOf("a", 1), async () => "uploaded"), "uploaded");
    const refused = async () => {
      throw new Error("refused");
    };
    await assert.rejects(progress.follow(blobOf("b", 1), refused), /refused/);
  });
});
