import { resolve } from "node:path";
import { ProviderError } from "../errors";
import { invalidContent } from "../oci/json";
import type { Platform } from "../oci/platform";
import { type ArchiveIndex, indexArchive } from "./archiveIndex";
import { type Collection, resolveCollected } from "./collection";
import { compressionOf, signatureSize } from "./compression";
import { decompress } from "./decompress";
import { openDockerArchive } from "./dockerArchive";
import { dockerManifestFile, readDockerEntries } from "./dockerEntries";
import { type LayoutFiles, openLayout } from "./layout";
import { coversEntries } from "./layoutCoverage";
import type { FileKind } from "./localFile";
import type { ArchiveSource, ResolvedImage, SourceWorld } from "./source";
import { spooled } from "./spool";
import { fileBytes, readPart, type StoredBytes } from "./storedBytes";

/**
 * Resolves an image of an archive. The tar's headers, the manifests and the config are read; each layer is verified when it is
 * read. Nothing is ever extracted. An archive that is compressed as a whole is unpacked once a process into a temporary file:
 * there is no way to a member but through all before it.
 * @param source - the archive's path, and which image of it.
 * @param platform - picks the image where the archive has several.
 * @param world - the folder of relative paths.
 * @throws ERR_SOURCE_UNAVAILABLE with the absolute path of an archive that is missing, no regular file or incomplete;
 * ERR_CONTENT_INVALID, ERR_CONTENT_TOO_LARGE, ERR_DIGEST_MISMATCH and ERR_MEDIA_TYPE_UNSUPPORTED for what is not as it should
 * be; ERR_INPUT_INVALID with the path `source.reference`; ERR_PLATFORM_MISSING.
 */
export async function resolveArchive(
  source: ArchiveSource,
  platform: Platform,
  world: Pick<SourceWorld, "directory">,
): Promise<ResolvedImage> {
  const bytes = await openArchive(resolve(world.directory, source.archive));
  const collection = await imagesIn(bytes);
  return resolveCollected(collection, { platform, reference: source.reference, path: "source.reference" });
}

/**
 * Opens the images of a tar: an OCI layout, or what `docker save` writes. Where it is both, as since Docker 25, the layout counts
 * if it has all that manifest.json lists.
 * @param bytes - the whole tar, uncompressed.
 * @throws ERR_CONTENT_INVALID for a tar without either; as `indexArchive`, `openLayout` and `openDockerArchive`.
 */
export async function imagesIn(bytes: StoredBytes): Promise<Collection> {
  const archive = await indexArchive(bytes);
  const layout = archive.has("oci-layout") ? await openLayout(layoutIn(archive)) : undefined;
  const entries = archive.has(dockerManifestFile) ? await readDockerEntries(archive) : [];
  if (layout !== undefined && (await coversEntries(layout, entries))) return layout;
  if (entries.length > 0) return openDockerArchive(archive, entries);
  const problem =
    "holds no image: neither an oci-layout nor a manifest.json; write it with docker save or as an OCI archive";
  throw invalidContent(archive.name, problem);
}

function layoutIn(archive: ArchiveIndex): LayoutFiles {
  return {
    name: archive.name,
    nameOf: (path) => `${archive.name}: member "${path}"`,
    look: async (path) => archive.file(path),
    read: archive.read,
    has: async (path) => archive.has(path),
  };
}

const archiveFile: FileKind = {
  followsLink: true,
  remedy: "Write the archive first, or correct source.archive.",
  folderRemedy: "Name an archive, or use source.ociLayout for an OCI layout in a folder.",
};

async function openArchive(path: string): Promise<StoredBytes> {
  const bytes = await fileBytes(path, archiveFile);
  const compression = compressionOf(await readPart(bytes, 0, Math.min(signatureSize, bytes.size)));
  if (compression === undefined) return bytes;
  if (compression === "gzip" || compression === "zstd")
    return spooled(`${path} ${bytes.version}`, path, () => decompress(bytes.read(0, bytes.size), compression, path));
  throw new ProviderError(
    "ERR_MEDIA_TYPE_UNSUPPORTED",
    `${path} is compressed with ${compression}, which is not read here. Unpack it, or compress it with gzip.`,
    { mediaType: compression },
  );
}
