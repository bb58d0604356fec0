/** All bytes of a stream. */
export async function bytesOf(stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A stream of these bytes, cut at the given offsets. */
export async function* cut(bytes: Uint8Array, at: readonly number[] = []): AsyncGenerator<Uint8Array> {
  const ends = [...at, bytes.length].sort((a, b) => a - b);
  let start = 0;
  for (const end of ends) {
    yield bytes.subarray(start, end);
    start = end;
  }
}
