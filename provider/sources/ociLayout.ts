import { lstat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type ChunkMemory, reusedMemory } from "../distribution/chunkMemory";
import { chunksSent } from "../distribution/repository";
import { ProviderError } from "../errors";
import { manifestLimit } from "../oci/manifest";
import type { Platform } from "../oci/platform";
import { resolveCollected } from "./collection";
import { type LayoutFiles, openLayout } from "./layout";
import { type FileKind, lookAtLocalFile, readLocalFile } from "./localFile";
import type { OciLayoutSource, ResolvedImage, SourceWorld } from "./source";

/**
 * Resolves an image of an OCI layout folder. Its manifests and config are read and verified, of its layers only the sizes
 * are looked at; each layer is verified when it is read.
 * @param source - the folder, and which image of it.
 * @param platform - picks the image where the folder has several.
 * @param world - the folder of relative paths.
 * @throws ERR_SOURCE_UNAVAILABLE with the absolute path of a file that is missing or not a regular file; ERR_CONTENT_INVALID,
 * ERR_CONTENT_TOO_LARGE, ERR_DIGEST_MISMATCH and ERR_MEDIA_TYPE_UNSUPPORTED for what is not as it should be;
 * ERR_INPUT_INVALID with the path `source.reference` or `source.ociLayout`; ERR_PLATFORM_MISSING.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 */
export async function resolveOciLayout(
  source: OciLayoutSource,
  platform: Platform,
  world: Pick<SourceWorld, "directory">,
): Promise<ResolvedImage> {
  const collection = await openLayout(folderFiles(resolve(world.directory, source.ociLayout)));
  return resolveCollected(collection, { platform, reference: source.reference, path: "source.reference" });
}

const remedy = "Export the image as an OCI layout again, or correct source.ociLayout.";
/** A file that only its own place proves: it stays in the folder. */
const unprovedFile: FileKind = { followsLink: false, remedy };
/** A blob is proved by its digest, wherever its link leads. */
const blobFile: FileKind = { followsLink: true, remedy };

function folderFiles(directory: string): LayoutFiles {
  const nameOf = (path: string) => join(directory, path);
  const kindOf = (path: string) => (path.startsWith("blobs/") ? blobFile : unprovedFile);
  return {
    name: directory,
    nameOf,
    async look(path) {
      const kind = kindOf(path);
      const { path: what, size } = await lookAtLocalFile(nameOf(path), 0, kind);
      const open = (memory?: ChunkMemory) => readLocalFile({ path: what, size }, kind, memory);
      return { what, size, open: () => open(), openForSending: async () => open(reusedMemory(chunksSent)) };
    },
    read: (path) => readWhole(nameOf(path), kindOf(path)),
    // A link that leads nowhere is no file that was left out.
    has: (path) => isThere(nameOf(path)),
  };
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => !(error instanceof Error && "code" in error && error.code === "ENOENT"),
  );
}

async function readWhole(path: string, kind: FileKind): Promise<Uint8Array> {
  const { head, size } = await lookAtLocalFile(path, manifestLimit, kind);
  if (size <= manifestLimit) return head;
  const message = `${path} has ${size} bytes; at most ${manifestLimit} are read.`;
  throw new ProviderError("ERR_CONTENT_TOO_LARGE", message, { limit: manifestLimit, actual: size });
}
