import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { mediaTypes } from "../oci/mediaTypes";
import { gzip } from "./gzip";
import type { FilesSource, SourceBlob } from "./source";
import { type TarEntry, writeTar } from "./tar";

/** A layer that is never stored: its bytes are made anew each time they are wanted. */
export interface Layer {
  readonly blob: SourceBlob;
  /** The digest of the uncompressed tar, as the image's config lists it. */
  readonly diffId: string;
}

/** How a layer's tar is compressed. */
export type Compression = NonNullable<FilesSource["compression"]>;

/**
 * Makes a layer of tar entries, in constant memory: its bytes are produced once here, to learn their digest and size, and
 * once more by each `open()` of the blob.
 * @param entries - what the layer holds, in order.
 * @param time - every entry's time of modification, in seconds since the Unix epoch.
 * @param compression - `gzip` or `none`.
 * @throws what reading an entry's content throws.
 */
export async function makeLayer(entries: readonly TarEntry[], time: number, compression: Compression): Promise<Layer> {
  const compress = compression === "gzip" ? gzip : identity;
  const diff = createHash("sha256");
  const blob = createHash("sha256");
  let size = 0;
  for await (const chunk of compress(observed(writeTar(entries, time), (bytes) => diff.update(bytes)))) {
    blob.update(chunk);
    size += chunk.length;
  }
  const mediaType = compression === "gzip" ? mediaTypes.ociLayerGzip : mediaTypes.ociLayer;
  const descriptor = { mediaType, digest: `sha256:${blob.digest("hex")}`, size };
  const open = async () => Readable.from(compress(writeTar(entries, time)), { objectMode: false });
  return { blob: { descriptor, open }, diffId: `sha256:${diff.digest("hex")}` };
}

function identity(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return bytes;
}

async function* observed(
  bytes: AsyncIterable<Uint8Array>,
  observe: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    observe(chunk);
    yield chunk;
  }
}
