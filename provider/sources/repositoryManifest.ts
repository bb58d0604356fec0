import { reusedMemory } from "../distribution/chunkMemory";
import { chunksSent, type ManifestContent, type Repository } from "../distribution/repository";
import { ProviderError } from "../errors";
import type { Descriptor } from "../oci/descriptor";
import { verifyBytes } from "../oci/digest";
import { invalidContent } from "../oci/json";
import { manifestParts } from "../oci/manifestParts";
import { isIndexMediaType } from "../oci/mediaTypes";
import { referenceTo } from "../oci/reference";
import type { DiskCache } from "./diskCache";
import type { ResolvedManifest, SourceBlob } from "./source";
import type { Store } from "./store";

/**
 * Resolves one manifest of a repository with its blobs, none of which is read, for a copy: the manifest may be of any media type, and
 * only its descriptors are read. Foreign layers are not among the blobs.
 * @param repository - holds the manifest and its blobs.
 * @param descriptor - of a manifest; its media type, digest and size decide.
 * @throws ERR_NOT_FOUND; ERR_CONTENT_INVALID for an index or when its descriptors cannot be read; ERR_DIGEST_MISMATCH; what the
 * repository throws.
 */
export async function resolveRepositoryManifest(
  repository: Repository,
  descriptor: Descriptor,
): Promise<ResolvedManifest> {
  const { mediaType, digest, size } = descriptor;
  const { bytes } = await requireManifest(repository, digest);
  const what = `manifest ${digest} of ${repository.address}/${repository.name}`;
  if (isIndexMediaType(mediaType)) throw invalidContent(what, "is an index where another manifest is wanted");
  verifyBytes(bytes, descriptor, what);
  const blobs = manifestParts(bytes, mediaType, what).blobs.map((blob) => blobOf(repository, blob));
  return { manifest: { descriptor: { mediaType, digest, size }, bytes }, blobs };
}

/**
 * A repository as a store: its blobs are opened from there and say so in their `location`.
 * @param known - a manifest that need not be asked for again.
 * @param cache - remembers manifests and configs of this repository by digest, from one process to the next.
 */
export function repositoryStore(repository: Repository, known?: ManifestContent, cache?: DiskCache): Store {
  const { address, name } = repository;
  const remembered = async (digest: string, read: () => Promise<Uint8Array>) => {
    const key = `content ${address}/${name}@${digest}`;
    const text = await cache?.recall(key);
    if (typeof text === "string") return Buffer.from(text, "base64");
    const bytes = await read();
    await cache?.remember(key, Buffer.from(bytes).toString("base64"));
    return bytes;
  };
  return {
    name: `${address}/${name}`,
    readManifest: async ({ digest }) =>
      known?.descriptor.digest === digest
        ? known.bytes
        : remembered(digest, async () => (await requireManifest(repository, digest)).bytes),
    readConfig: (descriptor) => remembered(descriptor.digest, () => repository.getBlobBytes(descriptor)),
    blob: async (descriptor) => blobOf(repository, descriptor),
  };
}

function blobOf(repository: Repository, descriptor: Descriptor): SourceBlob {
  return {
    descriptor,
    location: { address: repository.address, repository: repository.name },
    open: () => repository.getBlob(descriptor),
    openForSending: () => repository.getBlobChunks(descriptor, reusedMemory(chunksSent)),
    isVerified: true,
  };
}

/**
 * Fetches a manifest that must be there.
 * @throws ERR_NOT_FOUND naming the whole reference; what the repository throws.
 */
export async function requireManifest(repository: Repository, tagOrDigest: string): Promise<ManifestContent> {
  const content = await repository.getManifest(tagOrDigest);
  if (content !== undefined) return content;
  const reference = referenceTo(`${repository.address}/${repository.name}`, tagOrDigest);
  const message = `${reference}: the registry has no such manifest, or no such repository. Push it first, or correct the reference.`;
  throw new ProviderError("ERR_NOT_FOUND", message, { reference });
}
