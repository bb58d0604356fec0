import type { ManifestMetadata, Repository } from "../distribution/repository";
import { hasCode, hasStatus, ProviderError } from "../errors";
import type { Descriptor } from "../oci/descriptor";
import { parseImageConfig } from "../oci/imageConfig";
import { type ImageIndex, type ImageManifest, parseManifest } from "../oci/manifest";
import { isImageConfigMediaType } from "../oci/mediaTypes";
import { formatPlatform } from "../oci/platform";
import { indexEntries } from "./indexEntries";
import type { ManifestListing } from "./manifestListing";
import { referenceIn } from "./readManifest";
import { readTags } from "./readTags";
import { problemOf } from "./unreadable";

// Each is asked for.
const tagLimit = 10_000;

/** What is known of a manifest before it is read. */
type Listed = Pick<ManifestMetadata, "digest" | "tags"> & Partial<ManifestMetadata> & { readonly mediaType?: string };

/** A manifest that is to be read. */
type Unread = Pick<Listed, "digest" | "mediaType">;

/** A manifest that was read, or the reason why it cannot be. */
type Read =
  | { readonly mediaType: string; readonly document: ImageManifest | ImageIndex }
  | { readonly mediaType: string; readonly problem: string };

/**
 * Reads the manifests of a repository: all that its registry tells of, or else those under tags and what these list.
 * One that cannot be read is listed with the reason.
 * @throws ERR_NOT_FOUND when there is no such repository, ERR_CONTENT_TOO_LARGE for more than 10,000 tags.
 */
export async function readManifests(repository: Repository): Promise<readonly ManifestListing[]> {
  const listed = (await metadataOf(repository)) ?? (await tagged(repository));
  const manifests = new Map<string, Read>();
  await readInto(manifests, repository, listed);
  const known = new Map<string, Omit<Listed, "mediaType">>(listed.map((one) => [one.digest, one]));
  const platforms = platformsOfChildren(manifests);
  return Promise.all(
    [...manifests].map(([digest, read]) =>
      listingOf(repository, known.get(digest) ?? { digest, tags: [] }, { read, manifests, platforms }),
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
  const found = await Promise.all(tags.map((tag) => repository.headManifest(tag)));
  const digests = found.map((descriptor) => descriptor?.digest);
  return [...new Map(found.flatMap((one) => (one ? [[one.digest, one] as const] : []))).values()].map(
    ({ digest, mediaType }) => ({ digest, mediaType, tags: tags.filter((_, index) => digests[index] === digest) }),
  );
}

/** Reads manifests and what they list, in this order. What is not there is left out. */
async function readInto(
  manifests: Map<string, Read>,
  repository: Repository,
  listed: readonly Unread[],
): Promise<void> {
  const unread = [...new Map(listed.map((one) => [one.digest, one])).values()].filter(
    ({ digest }) => !manifests.has(digest),
  );
  if (unread.length === 0) return;
  const contents = await Promise.all(unread.map((one) => readOne(repository, one)));
  const children: Descriptor[] = [];
  contents.forEach((read, index) => {
    const digest = unread[index]?.digest;
    if (read === undefined || digest === undefined) return;
    manifests.set(digest, read);
    if ("document" in read && read.document.kind === "index")
      for (const child of read.document.manifests) children.push(child);
  });
  await readInto(manifests, repository, children);
}

async function readOne(repository: Repository, { digest, mediaType: told = "" }: Unread): Promise<Read | undefined> {
  let mediaType = told;
  try {
    const content = await repository.getManifest(digest);
    if (content === undefined) return undefined;
    mediaType = content.descriptor.mediaType;
    const what = `manifest ${referenceIn(repository, digest)}`;
    return { mediaType, document: parseManifest(content.bytes, { mediaType, what }) };
  } catch (error) {
    return { mediaType, ...problemOf(error) };
  }
}

/** The platforms that indexes give to images, which saves reading the images' configs. */
function platformsOfChildren(manifests: ReadonlyMap<string, Read>): ReadonlyMap<string, string> {
  const platforms = [...manifests.values()].flatMap((read) =>
    "document" in read && read.document.kind === "index" ? [...indexEntries(read.document.manifests).images] : [],
  );
  return new Map(platforms.map(([platform, { digest }]) => [digest, platform]));
}

async function listingOf(
  repository: Repository,
  { digest, tags, createdTime, lastUpdateTime }: Omit<Listed, "mediaType">,
  found: {
    readonly read: Read;
    readonly manifests: ReadonlyMap<string, Read>;
    readonly platforms: ReadonlyMap<string, string>;
  },
): Promise<ManifestListing> {
  const { read, manifests, platforms } = found;
  return {
    digest,
    mediaType: read.mediaType,
    tags,
    ...("problem" in read
      ? { platforms: [], problem: read.problem }
      : await platformsOf(repository, read.document, platforms.get(digest))),
    size: sizeOf(digest, manifests),
    ...(createdTime !== undefined && { createdTime }),
    ...(lastUpdateTime !== undefined && { lastUpdateTime }),
  };
}

/** @param known - the platform that an index gives to the image. */
async function platformsOf(
  repository: Repository,
  document: ImageManifest | ImageIndex,
  known: string | undefined,
): Promise<Pick<ManifestListing, "platforms" | "problem">> {
  if (document.kind === "index") return { platforms: [...indexEntries(document.manifests).images.keys()] };
  if (known !== undefined) return { platforms: [known] };
  const { config } = document;
  if (!isImageConfigMediaType(config.mediaType)) return { platforms: [] };
  try {
    const bytes = await repository.getBlobBytes(config);
    const { platform } = parseImageConfig(bytes, `config ${referenceIn(repository, config.digest)}`);
    return { platforms: platform === undefined ? [] : [formatPlatform(platform)] };
  } catch (error) {
    return { platforms: [], ...problemOf(error) };
  }
}

function sizeOf(digest: string, manifests: ReadonlyMap<string, Read>): number {
  const blobs = new Map<string, number>();
  const collect = (current: string): void => {
    const read = manifests.get(current);
    const document = read && "document" in read ? read.document : undefined;
    if (document?.kind === "index") for (const child of document.manifests) collect(child.digest);
    else if (document !== undefined)
      for (const blob of [document.config, ...document.layers]) blobs.set(blob.digest, blob.size);
  };
  collect(digest);
  return [...blobs.values()].reduce((sum, size) => sum + size, 0);
}
