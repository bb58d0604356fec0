import { invalidContent } from "../oci/json";

/**
 * Cuts a zstd stream into its frames, so that each can be unpacked by itself; nothing is unpacked here. Skippable frames, which
 * zstd:chunked layers keep their table of contents in, are left out.
 * @param input - the compressed bytes.
 * @param what - names the content in messages.
 * @returns the bytes of each frame; one is read to its end before the next is asked for.
 * @throws ERR_CONTENT_INVALID for what is no frame, and for one that is cut short; what `input` throws.
 * @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1
 */
export async function* zstdFrames(
  input: AsyncIterable<Uint8Array>,
  what: string,
): AsyncGenerator<AsyncIterable<Uint8Array>> {
  const bytes = createByteReader(input, what);
  for (let count = 0; ; count++) {
    const magic = await bytes.upTo(4);
    if (magic.length === 0 && count > 0) return;
    if (magic.length < 4) throw invalidContent(what, "is cut short, or no zstd; make it again");
    const number = magic.readUInt32LE();
    if (number === frameMagic) yield frame(bytes, magic, what);
    else if ((number & ~0xf) >>> 0 === skippableMagic) await drain(bytes.pass((await bytes.exactly(4)).readUInt32LE()));
    else throw invalidContent(what, "has something else between its zstd frames; make it again");
  }
}

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const contentSizeFields = [0, 2, 4, 8];
const dictionaryFields = [0, 1, 2, 4];

async function* frame(bytes: ByteReader, magic: Buffer, what: string): AsyncGenerator<Uint8Array> {
  yield magic;
  const descriptor = await bytes.exactly(1);
  const flags = descriptor[0] ?? 0;
  const isSingleSegment = (flags & 0x20) !== 0;
  const contentSize = flags >> 6 === 0 && isSingleSegment ? 1 : (contentSizeFields[flags >> 6] ?? 0);
  yield descriptor;
  yield await bytes.exactly((isSingleSegment ? 0 : 1) + (dictionaryFields[flags & 3] ?? 0) + contentSize);
  for (let isLast = false; !isLast; ) {
    const header = await bytes.exactly(3);
    yield header;
    const fields = header.readUIntLE(0, 3);
    const type = (fields >> 1) & 3;
    if (type === 3) throw invalidContent(what, "has a zstd block of no known type; make it again");
    // A run of one byte has that byte alone.
    yield* bytes.pass(type === 1 ? 1 : fields >> 3);
    isLast = (fields & 1) === 1;
  }
  if ((flags & 4) !== 0) yield await bytes.exactly(4);
}

interface ByteReader {
  /** Fewer only at the end. */
  upTo(length: number): Promise<Buffer>;
  exactly(length: number): Promise<Buffer>;
  pass(length: number): AsyncGenerator<Uint8Array>;
}

function createByteReader(input: AsyncIterable<Uint8Array>, what: string): ByteReader {
  const iterator = input[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);

  async function* some(length: number): AsyncGenerator<Uint8Array, number> {
    let left = length;
    while (left > 0) {
      if (rest.length === 0) {
        const { done, value } = await iterator.next();
        if (done) break;
        rest = value;
      }
      const part = rest.subarray(0, left);
      rest = rest.subarray(part.length);
      left -= part.length;
      if (part.length > 0) yield part;
    }
    return left;
  }

  async function upTo(length: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const part of some(length)) parts.push(part);
    return Buffer.concat(parts);
  }

  const cutShort = () => invalidContent(what, "is cut short in a zstd frame; make it again");
  return {
    upTo,
    async exactly(length) {
      const found = await upTo(length);
      if (found.length < length) throw cutShort();
      return found;
    },
    async *pass(length) {
      const left = yield* some(length);
      if (left > 0) throw cutShort();
    },
  };
}

async function drain(bytes: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of bytes);
}
