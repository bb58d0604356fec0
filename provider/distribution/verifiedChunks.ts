import { createVerifier } from "../oci/digest";

/**
 * Passes chunks on and checks them on the way. The last chunk is held back until size and digest are known to be right:
 * whoever receives wrong content never receives all of it.
 * @param descriptor - the digest, and the size in bytes, that the chunks must have together.
 * @param what - names the content in messages.
 * @param open - opens the chunks; called when the first one is asked for.
 * @throws ERR_CONTENT_INVALID for another size, ERR_DIGEST_MISMATCH for another digest, and what the chunks or `open` throw.
 */
export async function* verifiedChunks(
  descriptor: { readonly digest: string; readonly size: number },
  what: string,
  open: () => Promise<AsyncIterable<Uint8Array>>,
): AsyncGenerator<Uint8Array> {
  const verifier = createVerifier(descriptor, what);
  let held: Uint8Array | undefined;
  for await (const chunk of await open()) {
    verifier.update(chunk);
    if (held !== undefined) yield held;
    held = chunk;
  }
  verifier.finish();
  if (held !== undefined) yield held;
}

/** All chunks as one. Only for content whose size is bounded already. */
export async function joinChunks(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
