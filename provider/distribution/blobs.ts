import { Readable } from "node:stream";
import { ProviderError } from "../errors";
import type { Descriptor } from "../oci/descriptor";
import { parseDigest } from "../oci/digest";
import { isBlobThere } from "./blobLook";
import { type ChunkMemory, newMemory } from "./chunkMemory";
import { downloadBlob } from "./download";
import type { Repository } from "./repository";
import { nameOf, type RepositoryAccess } from "./repositoryAccess";
import { createSingleFlight } from "./singleFlight";
import { smallBlobBytes, uploadBlob } from "./upload";
import { joinChunks } from "./verifiedChunks";

const defaultBytesLimit = 4 * 1024 * 1024;

/** The blobs of one repository. What it learns goes into `access.known`. */
export function createBlobs(
  access: RepositoryAccess,
): Pick<Repository, "hasBlob" | "getBlob" | "getBlobChunks" | "getBlobBytes" | "pushBlob"> {
  const { known, operations } = access;
  const looks = createSingleFlight<boolean>();
  const downloads = createSingleFlight<Uint8Array>();
  const uploads = createSingleFlight<Awaited<ReturnType<Repository["pushBlob"]>>>();

  async function look(digest: string): Promise<boolean> {
    const isThere = await isBlobThere(operations.send, access, parseDigest(digest));
    if (isThere) known.blobs.add(digest);
    return isThere;
  }

  async function download(descriptor: Descriptor): Promise<Uint8Array> {
    const bytes = await joinChunks((await downloadBlob(access, descriptor, newMemory)).chunks);
    known.blobBytes.set(descriptor.digest, bytes);
    return bytes;
  }

  async function open(descriptor: Descriptor, memory: ChunkMemory): ReturnType<typeof downloadBlob> {
    const bytes = known.blobBytes.get(descriptor.digest);
    return bytes
      ? { chunks: Readable.from([bytes], { objectMode: false }), close: () => {} }
      : downloadBlob(access, descriptor, memory);
  }

  return {
    async hasBlob({ digest }) {
      return known.blobs.has(digest) || looks(digest, () => look(digest));
    },
    async getBlob(descriptor) {
      const { chunks, close } = await open(descriptor, newMemory);
      return Readable.from(chunks, { objectMode: false }).once("close", close);
    },
    getBlobChunks: async (descriptor, memory) => (await open(descriptor, memory)).chunks,
    async getBlobBytes(descriptor, limit) {
      requireSmall(descriptor, nameOf(access, descriptor.digest), limit);
      return known.blobBytes.get(descriptor.digest) ?? downloads(descriptor.digest, () => download(descriptor));
    },
    async pushBlob(blob, options = {}) {
      const digest = parseDigest(blob.descriptor.digest);
      if (known.blobs.has(digest)) return "known";
      return uploads(digest, async () => {
        const { mountFrom } = options;
        const upload = (from = mountFrom) => uploadBlob(access, blob, { ...options, ...(from && { mountFrom: from }) });
        // What is small travels sooner than somebody has waited for it; what is elsewhere on the registry does not travel.
        const travels = blob.descriptor.size > smallBlobBytes && mountFrom === undefined;
        const result = await (travels ? access.places.put(digest, access.name, upload) : upload());
        known.blobs.add(digest);
        return result;
      });
    },
  };
}

/**
 * Refuses a blob that is too large to be read into memory.
 * @param name - of the blob, for the message.
 * @param limit - in bytes; default 4 MiB.
 * @throws ERR_CONTENT_TOO_LARGE.
 */
export function requireSmall({ size }: Descriptor, name: string, limit = defaultBytesLimit): void {
  if (size <= limit) return;
  const message = `${name} has ${size} bytes; at most ${limit} are read into memory.`;
  throw new ProviderError("ERR_CONTENT_TOO_LARGE", message, { limit, actual: size });
}
