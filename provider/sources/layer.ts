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

/** The media type of a layer that is compressed so. */
export function layerMediaType(compression: Compression): string {
  return compression === "gzip" ? mediaTypes.ociLayerGzip : mediaTypes.ociLayer;
}

/**
 * Makes a layer of tar entries, in constant memory: its bytes are produced once here, to learn their digest and size, and
 * once more by each `open()` of the blob.
 * @param entries - what the layer holds, in order.
 * @param time - every entry's time of modification, in seconds since the Unix epoch.
 * @param compression - `gzip` or `none`.
 * @param receive - is given the blob's bytes as they come; the next ones wait for it.
 * @throws what reading an entry's content throws.
 */
export async function makeLayer(
  entries: readonly TarEntry[],
  time: number,
  compression: Compression,
  receive: (chunk: Uint8Array) => Promise<void> = async () => {},
): Promise<Layer> {
  const diff = createHash("sha256");
  const blob = createHash("sha256");
  let size = 0;
  const tar = observed(writeTar(entries, time), (bytes) => diff.update(bytes));
  for await (const chunk of compressors[compression](tar)) {
    blob.update(chunk);
    size += chunk.length;
    await receive(chunk);
  }
  const descriptor = { mediaType: layerMediaType(compression), digest: `sha256:${blob.digest("hex")}`, size };
  const open = async () => openLayer(entries, time, compression);
  return { blob: { descriptor, open }, diffId: `sha256:${diff.digest("hex")}` };
}

/** The bytes of the layer that {@link makeLayer} describes, made anew. */
export function openLayer(entries: readonly TarEntry[], time: number, compression: Compression): Readable {
  return Readable.from(compressors[compression](writeTar(entries, time)), { objectMode: false });
}

const compressors = { gzip, none: identity };

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
