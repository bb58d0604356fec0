import { Gzip } from "fflate";

// The compressed bytes depend on where the input is cut, and files arrive cut as the machine likes.
const pieceSize = 64 * 1024;
// Level 4: a fifth faster than 6 for 1 % more bytes. `mem` is given because its default depends on the input's length.
const options = { level: 4, mem: 8, mtime: 0 } as const;

/**
 * Compresses a stream with gzip. The bytes depend on the input's bytes alone, not on how they are cut, the machine or
 * the version of Node. Works on pieces of 64 KiB, so that other work of the process gets its turn.
 * @see https://www.rfc-editor.org/rfc/rfc1952
 */
export async function* gzip(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const output: Uint8Array[] = [];
  const compressor = new Gzip(options, (chunk) => output.push(chunk));
  for await (const piece of pieces(input)) {
    compressor.push(piece);
    yield* output.splice(0);
  }
  compressor.push(new Uint8Array(0), true);
  yield* output;
}

async function* pieces(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let piece = Buffer.alloc(pieceSize);
  let filled = 0;
  for await (const chunk of input) {
    for (let offset = 0; offset < chunk.length; ) {
      const part = chunk.subarray(offset, offset + pieceSize - filled);
      piece.set(part, filled);
      filled += part.length;
      offset += part.length;
      if (filled < pieceSize) continue;
      yield piece;
      piece = Buffer.alloc(pieceSize);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}
