import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { chunkSize, newMemory } from "../../../provider/distribution/chunkMemory";
import { gather } from "../../../provider/distribution/gather";

/** A stream that is read no further than somebody asks. */
const streamOf = (pieces: Iterable<Uint8Array>) => Readable.from(pieces, { objectMode: false });
const pieces = (count: number) => Array.from({ length: count }, () => Buffer.alloc(64 * 1024, "x"));

async function sizesOf(chunks: AsyncIterable<Uint8Array>): Promise<number[]> {
  const sizes: number[] = [];
  for await (const { length } of chunks) sizes.push(length);
  return sizes;
}

describe("gather", () => {
  it("gives large chunks of a stream of small ones, and what is left", async () => {
    const size = 9 * 64 * 1024;
    const sizes = await sizesOf(gather(streamOf(pieces(9)), size, newMemory));
    assert.deepEqual(sizes, [chunkSize, chunkSize, 64 * 1024]);
  });

  it("gives all bytes in their order", async () => {
    const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));
    const cut = [0, 1, 400, 401, 1000].map((end, index, ends) => bytes.subarray(ends[index - 1] ?? 0, end));
    const chunks: Uint8Array[] = [];
    for await (const chunk of gather(streamOf(cut), bytes.length, newMemory)) chunks.push(chunk);
    assert.deepEqual(Buffer.concat(chunks), bytes);
  });

  it("gives more than was expected, too", async () => {
    assert.deepEqual(await sizesOf(gather(streamOf([Buffer.from("four")]), 2, newMemory)), [2, 1, 1]);
  });

  it("gives what came before the stream broke, and then throws why", async () => {
    function* breaking() {
      yield Buffer.from("half");
      throw new Error("broken");
    }
    const chunks = gather(streamOf(breaking()), 8, newMemory);
    assert.deepEqual((await chunks.next()).value, Buffer.from("half"));
    await assert.rejects(chunks.next(), /broken/);
  });

  it("throws why a stream broke before it was read", async () => {
    const stream = streamOf([]);
    stream.once("error", () => {}).destroy(new Error("broken"));
    await new Promise((resolve) => stream.once("close", resolve));
    await assert.rejects(gather(stream, 8, newMemory).next(), /broken/);
  });

  it("reads no further than one chunk ahead of its reader", async () => {
    let given = 0;
    function* counted() {
      for (const piece of pieces(64)) {
        given += 1;
        yield piece;
      }
    }
    const chunks = gather(streamOf(counted()), 64 * 64 * 1024, newMemory);
    await chunks.next();
    await new Promise(setImmediate);
    assert.ok(given <= 8, String(given));
  });

  it("destroys a stream that is not read to its end", async () => {
    const stream = streamOf(pieces(64));
    const chunks = gather(stream, 64 * 64 * 1024, newMemory);
    await chunks.next();
    await chunks.return(undefined);
    assert.ok(stream.destroyed);
  });
});
