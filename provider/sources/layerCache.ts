import { createHash } from "node:crypto";
import { version as fflateVersion } from "fflate/package.json";
import type { Descriptor } from "../oci/descriptor";
import { digestOf, isDigest } from "../oci/digest";
import type { DiskCache } from "./diskCache";
import { type Compression, type Layer, layerMediaType, makeLayer, openLayer } from "./layer";
import type { TarEntry } from "./tar";

// Raise it with every change of the bytes that are made of the same entries.
const layerFormat = 1;
// Contents of fewer bytes are made into a layer sooner than looked up.
const rememberedBytes = 32 * 1024;

/**
 * {@link makeLayer} that remembers: a layer whose files, headers, time and compression were seen before, by this version of
 * the compressor, is described without being made, and its compressed bytes are kept where they are not too many. The files
 * are read and hashed every time. Small layers are made every time.
 * @param cache - `undefined`: nothing is remembered.
 * @throws what reading an entry's content throws.
 */
export async function makeCachedLayer(
  cache: DiskCache | undefined,
  entries: readonly TarEntry[],
  time: number,
  compression: Compression,
): Promise<Layer> {
  const contentBytes = entries.reduce((sum, { content }) => sum + (content?.size ?? 0), 0);
  if (cache === undefined || contentBytes < rememberedBytes) return makeLayer(entries, time, compression);
  const contents: (string | undefined)[] = [];
  for (const entry of entries) contents.push(await contentDigest(entry));
  const key = layerKey(entries, contents, time, compression);
  const known = readKnown(await cache.recall(key), compression);
  const layer = known ?? (await makeAndKeep(cache, key, { entries, contents, time, compression }));
  const { descriptor } = layer;
  const open = async () => (await cache.openBlob(descriptor)) ?? openLayer(entries, time, compression);
  return { blob: { descriptor, open }, diffId: layer.diffId };
}

interface Described {
  readonly descriptor: Descriptor;
  readonly diffId: string;
}

interface Plan {
  readonly entries: readonly TarEntry[];
  /** The digest of each entry's content. */
  readonly contents: readonly (string | undefined)[];
  readonly time: number;
  readonly compression: Compression;
}

async function makeAndKeep(cache: DiskCache, key: string, plan: Plan): Promise<Described> {
  const hashes = plan.entries.map(() => createHash("sha256"));
  const watched = plan.entries.map((entry, index) => watch(entry, (chunk) => hashes[index]?.update(chunk)));
  const writer = cache.writeBlob();
  try {
    const { blob, diffId } = await makeLayer(watched, plan.time, plan.compression, (chunk) => writer.write(chunk));
    const { descriptor } = blob;
    // A file may have changed since it was hashed for the key.
    const isAsHashed = plan.contents.every(
      (digest, index) => digest === undefined || digest === `sha256:${hashes[index]?.digest("hex")}`,
    );
    if (isAsHashed) {
      await writer.keep(descriptor.digest);
      await cache.remember(key, { digest: descriptor.digest, size: descriptor.size, diffId });
    }
    return { descriptor, diffId };
  } finally {
    await writer.drop();
  }
}

function layerKey(
  entries: readonly TarEntry[],
  contents: readonly (string | undefined)[],
  time: number,
  compression: Compression,
): string {
  const headers = entries.map(({ content, ...header }, index) => [header, content?.size, contents[index]]);
  return `layer ${digestOf(Buffer.from(JSON.stringify([layerFormat, fflateVersion, compression, time, headers])))}`;
}

function readKnown(value: unknown, compression: Compression): Described | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { digest, size, diffId }: { digest?: unknown; size?: unknown; diffId?: unknown } = value;
  if (typeof digest !== "string" || !isDigest(digest)) return undefined;
  if (typeof diffId !== "string" || !isDigest(diffId) || typeof size !== "number") return undefined;
  return { descriptor: { mediaType: layerMediaType(compression), digest, size }, diffId };
}

async function contentDigest({ content }: TarEntry): Promise<string | undefined> {
  if (content === undefined) return undefined;
  const hash = createHash("sha256");
  for await (const chunk of content.open()) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}

function watch(entry: TarEntry, observe: (chunk: Uint8Array) => void): TarEntry {
  const { content } = entry;
  if (content === undefined) return entry;
  async function* open(opened: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of opened) {
      observe(chunk);
      yield chunk;
    }
  }
  return { ...entry, content: { size: content.size, open: () => open(content.open()) } };
}
