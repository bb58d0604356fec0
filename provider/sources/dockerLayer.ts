import { createHash } from "node:crypto";
import type { Descriptor } from "../oci/descriptor";
import { invalidContent } from "../oci/json";
import { mediaTypes } from "../oci/mediaTypes";
import { type ContentCompression, compressionOf, signatureSize } from "./compression";
import type { StoredFile } from "./storedBytes";

/**
 * Describes a layer of a docker archive as it is, without compressing it anew: what a compressor makes of it differs from
 * version to version, and the digest with it. A layer that is not compressed is not read: its digest is the one that the config
 * lists, and is verified when the layer is pushed. One that is compressed with gzip is read to learn its digest.
 * @param file - the layer.
 * @param diffId - the digest of the uncompressed layer, as the config lists it.
 * @throws ERR_CONTENT_INVALID for any other compression, which Docker's format does not have; what reading throws.
 */
export async function describeDockerLayer(file: StoredFile, diffId: string): Promise<Descriptor> {
  const compression = await compressionAt(file);
  const { size } = file;
  if (compression === undefined) return { mediaType: mediaTypes.dockerLayer, digest: diffId, size };
  if (compression === "gzip") return { mediaType: mediaTypes.dockerLayerGzip, digest: await digestAt(file), size };
  const problem = `is compressed with ${compression}, which Docker's image format does not have; write an OCI archive instead`;
  throw invalidContent(file.what, problem);
}

async function compressionAt(file: StoredFile): Promise<ContentCompression | undefined> {
  for await (const chunk of file.open()) return compressionOf(chunk.subarray(0, signatureSize));
  return undefined;
}

async function digestAt(file: StoredFile): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of file.open()) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}
