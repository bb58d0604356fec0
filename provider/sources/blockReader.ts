import { invalidContent } from "../oci/json";
import type { TarInput } from "./tarEntries";
import { blockSize, paddedSize } from "./tarHeader";

/** Reads a tar block by block out of a stream. */
export interface BlockReader extends TarInput {
  /** Passes over everything that is left. */
  drain(): Promise<void>;
}

/**
 * A reader that keeps no more than one chunk beside what it returns.
 * @param what - names the tar in messages.
 * @returns its functions throw ERR_CONTENT_INVALID where the stream ends inside a block or content, and what the stream throws.
 */
export function createBlockReader(chunks: AsyncIterable<Uint8Array>, what: string): BlockReader {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  let position = 0;

  /** Some of the next bytes, at most so many; nothing at the end. */
  async function some(limit: number): Promise<Uint8Array> {
    while (rest.length === 0) {
      const next = await iterator.next();
      if (next.done) return rest;
      rest = next.value;
    }
    const taken = rest.subarray(0, limit);
    rest = rest.subarray(taken.length);
    position += taken.length;
    return taken;
  }

  async function take(size: number, receive: (part: Uint8Array) => void): Promise<number> {
    let taken = 0;
    while (taken < size) {
      const part = await some(size - taken);
      if (part.length === 0) break;
      taken += part.length;
      receive(part);
    }
    return taken;
  }

  async function bytes(size: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    await take(size, (part) => parts.push(part));
    return Buffer.concat(parts);
  }

  const cutShort = () => invalidContent(what, "ends in the middle of an entry; fetch or build it again");

  return {
    position: () => position,
    left: () => undefined,
    async block() {
      const block = await bytes(blockSize);
      if (block.length === 0) return undefined;
      if (block.length < blockSize) throw cutShort();
      return block;
    },
    async content(size) {
      const padded = await bytes(paddedSize(size));
      if (padded.length < paddedSize(size)) throw cutShort();
      return padded.subarray(0, size);
    },
    async skip(size) {
      if ((await take(paddedSize(size), () => {})) < paddedSize(size)) throw cutShort();
    },
    async drain() {
      await take(Number.POSITIVE_INFINITY, () => {});
    },
  };
}
