import type { ManifestMetadata, Repository } from "../distribution/repository";
import { hasCode, hasStatus, ProviderError } from "../errors";
import { parseImageConfig } from "../oci/imageConfig";
import { type ImageIndex, type ImageManifest, parseManifest } from "../oci/manifest";
import { isImageConfigMediaType } from "../oci/mediaTypes";
import { formatPlatform } from "../oci/platform";
import { indexEntries } from "./indexEntries";
import type { ManifestListing } from "./manifestListing";
import { referenceIn } from "./readManifest";
import { readTags } from "./readTags";

// Each is asked for.
const tagLimit = 10_000;

/** What is known of a manifest before it is read. */
type Listed = Pick<ManifestMetadata, "digest" | "tags"> & Partial<ManifestMetadata>;

/** A manifest that was read. */
interface Read {
  readonly mediaType: string;
  readonly document: ImageManifest | ImageIndex;
}

/**
 * Reads the manifests of a repository: all that its registry tells of, or else those under tags and what these list.
 * @throws ERR_NOT_FOUND when there is no such repository, ERR_CONTENT_TOO_LARGE for more than 10,000 tags, ERR_CONTENT_INVALID,
 * ERR_MEDIA_TYPE_UNSUPPORTED.
 */
export async function readManifests(repository: Repository): Promise<readonly ManifestListing[]> {
  const listed = (await metadataOf(repository)) ?? (await tagged(repository));
  const manifests = new Map<string, Read>();
  await readInto(
    manifests,
    repository,
    listed.map(({ digest }) => digest),
  );
  const known = new Map<string, Listed>(listed.map((one) => [one.digest, one]));
  const platforms = platformsOfChildren(manifests);
  return Promise.all(
    [...manifests].map(([digest, read]) =>
      listingOf(repository, known.get(digest) ?? { digest, tags: [] }, read, manifests, platforms),
    ),
  );
}

/** Whoever may pull but not read metadata gets what everybody else does. */
async function metadataOf(repository: Repository): Promise<readonly Listed[] | undefined> {
  try {
    return await repository.listMetadata?.();
  } catch (error) {
    if (hasCode(error, "ERR_AUTH") || hasStatus(error, 401, 403)) return undefined;
    throw error;
  }
}

async function tagged(repository: Repository): Promise<readonly Listed[]> {
  const tags = await readTags(repository);
  if (tags.length > tagLimit) {
    const message = `${repository.address}/${repository.name} has ${tags.length} tags; the manifests of at most ${tagLimit} are listed. List the tags alone, and inspect those that matter.`;
    throw new ProviderError("ERR_CONTENT_TOO_LARGE", message, { limit: tagLimit, actual: tags.length });
  }
  const digests = await Promise.all(tags.map(async (tag) => (await repository.headManifest(tag))?.digest));
  return [...new Set(digests)].flatMap((digest) =>
    digest === undefined ? [] : [{ digest, tags: tags.filter((_, index) => digests[index] === digest) }],
  );
}

/** Reads manifests and what they list, in this order. What is not there is left out. */
async function readInto(
  manifests: Map<string, Read>,
  repository: Repository,
  digests: readonly string[],
): Promise<void> {
  const unread = [...new Set(digests)].filter((digest) => !manifests.has(digest));
  if (unread.length === 0) return;
  const contents = await Promise.all(unread.map((digest) => repository.getManifest(digest)));
  const children: string[] = [];
  for (const content of contents) {
    if (content === undefined) continue;
    const { mediaType, digest } = content.descriptor;
    const what = `manifest ${referenceIn(repository, digest)}`;
    const document = parseManifest(content.bytes, { mediaType, what });
    manifests.set(digest, { mediaType, document });
    if (document.kind === "index") for (const child of document.manifests) children.push(child.digest);
  }
  await readInto(manifests, repository, children);
}

/** The platforms that indexes give to images, which saves reading the images' configs. */
function platformsOfChildren(manifests: ReadonlyMap<string, Read>): ReadonlyMap<string, string> {
  const platforms = [...manifests.values()].flatMap(({ document }) =>
    document.kind === "index" ? [...indexEntries(document.manifests).images] : [],
  );
  return new Map(platforms.map(([platform, { digest }]) => [digest, platform]));
}

async function listingOf(
  repository: Repository,
  { digest, tags, createdTime, lastUpdateTime }: Listed,
  { mediaType, document }: Read,
  manifests: ReadonlyMap<string, Read>,
  platforms: ReadonlyMap<string, string>,
): Promise<ManifestListing> {
  return {
    digest,
    mediaType,
    tags,
    platforms:
      document.kind === "index"
        ? [...indexEntries(document.manifests).images.keys()]
        : await platformOf(repository, document, platforms.get(digest)),
    size: sizeOf(digest, manifests),
    ...(createdTime !== undefined && { createdTime }),
    ...(lastUpdateTime !== undefined && { lastUpdateTime }),
  };
}

async function platformOf(
  repository: Repository,
  { config }: ImageManifest,
  known: string | undefined,
): Promise<readonly string[]> {
  if (known !== undefined) return [known];
  if (!isImageConfigMediaType(config.mediaType)) return [];
  const bytes = await repository.getBlobBytes(config);
  const { platform } = parseImageConfig(bytes, `config ${referenceIn(repository, config.digest)}`);
  return platform === undefined ? [] : [formatPlatform(platform)];
}

function sizeOf(digest: string, manifests: ReadonlyMap<string, Read>): number {
  const blobs = new Map<string, number>();
  const collect = (current: string): void => {
    const document = manifests.get(current)?.document;
    if (document?.kind === "index") for (const child of document.manifests) collect(child.digest);
    else if (document !== undefined)
      for (const blob of [document.config, ...document.layers]) blobs.set(blob.digest, blob.size);
  };
  collect(digest);
  return [...blobs.values()].reduce((sum, size) => sum + size, 0);
}
