import { createHash } from "node:crypto";
import { ProviderError } from "../errors";
import { digestAlgorithm } from "../oci/digest";
import { decompress } from "./decompress";
import type { DiskCache } from "./diskCache";
import type { SourceBlob } from "./source";
import { readTarHeaders, type TarHeader } from "./tarHeaders";

// Raise it with every change of what is read out of a header.
const headersFormat = 2;

/**
 * Reads the headers of a base image's layer: from the cache, or by streaming the whole layer through, whose digests are
 * verified on the way.
 * @param blob - the layer as it is stored.
 * @param diffId - the digest of its tar, as the image's config lists it.
 * @throws ERR_DIGEST_MISMATCH when the tar is not the config's; ERR_CONTENT_TOO_LARGE, ERR_CONTENT_INVALID and
 * ERR_MEDIA_TYPE_UNSUPPORTED for what cannot be unpacked; what opening the blob throws.
 */
export async function readBaseLayer(
  blob: SourceBlob,
  diffId: string,
  cache: DiskCache | undefined,
): Promise<readonly TarHeader[]> {
  const key = `headers ${headersFormat} ${diffId}`;
  const known = await cache?.recall(key);
  if (Array.isArray(known) && known.every(isTarHeader)) return known;
  const what = `layer ${blob.descriptor.digest} of the base image`;
  const hash = createHash(digestAlgorithm(diffId));
  const tar = unpack(await blob.open(), blob.descriptor.mediaType, what);
  const headers = await readTarHeaders(hashed(tar, hash), what);
  const actual = `${digestAlgorithm(diffId)}:${hash.digest("hex")}`;
  if (actual !== diffId) {
    const message = `${what} unpacks to ${actual}, but the image's config says ${diffId}. The image is not sound; name another one.`;
    throw new ProviderError("ERR_DIGEST_MISMATCH", message, { expected: diffId, actual });
  }
  await cache?.remember(key, headers);
  return headers;
}

function unpack(bytes: AsyncIterable<Uint8Array>, mediaType: string, what: string): AsyncIterable<Uint8Array> {
  const [, compression] = /\.tar(?:[.+](gzip|zstd))?$/.exec(mediaType) ?? unsupported(mediaType, what);
  return compression === "gzip" || compression === "zstd" ? decompress(bytes, compression, what) : bytes;
}

function unsupported(mediaType: string, what: string): never {
  const message = `${what} is of the media type ${mediaType}, which is no layer of files. Name an image that containers can be made of.`;
  throw new ProviderError("ERR_MEDIA_TYPE_UNSUPPORTED", message, { mediaType });
}

async function* hashed(
  bytes: AsyncIterable<Uint8Array>,
  hash: { update(chunk: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}

function isTarHeader(value: unknown): value is TarHeader {
  if (typeof value !== "object" || value === null) return false;
  return "type" in value && "name" in value && "mode" in value && "uid" in value && "gid" in value;
}
