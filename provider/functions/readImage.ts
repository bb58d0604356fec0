import type { Repository } from "../distribution/repository";
import type { Descriptor } from "../oci/descriptor";
import { parseImageConfig } from "../oci/imageConfig";
import { type ImageIndex, type ImageManifest, parseManifest } from "../oci/manifest";
import { isImageConfigMediaType } from "../oci/mediaTypes";
import { formatPlatform } from "../oci/platform";
import type { ImageInformation, ImageParts, PlatformInformation } from "./imageInformation";
import { indexEntries } from "./indexEntries";
import { readManifest, referenceIn } from "./readManifest";
import { problemOf } from "./unreadable";

/**
 * Reads what a tag or digest names, and reports of the rest of it what cannot be read: an index with one GET and one more for each platform, these at once; an image manifest
 * with one GET and one more for its config.
 * @throws ERR_NOT_FOUND, ERR_CONTENT_INVALID, ERR_MEDIA_TYPE_UNSUPPORTED, and what {@link Repository.getManifest} throws.
 */
export async function readImage(repository: Repository, tagOrDigest: string): Promise<ImageInformation> {
  const { descriptor, bytes } = await readManifest(repository, tagOrDigest);
  const reference = referenceIn(repository, tagOrDigest);
  const parsed = parseManifest(bytes, { mediaType: descriptor.mediaType, what: `manifest ${reference}` });
  const { images, attestations, others } = indexEntries(parsed.kind === "index" ? parsed.manifests : []);
  const { platforms, ...problem } =
    parsed.kind === "index"
      ? { platforms: await readPlatforms(repository, images) }
      : await readOwnPlatform(repository, descriptor, parsed);
  return {
    reference,
    descriptor,
    platforms: Object.fromEntries(platforms),
    ...problem,
    attestations,
    others,
    annotations: parsed.annotations ?? {},
    ...partsOf(parsed),
    manifest: new TextDecoder().decode(bytes),
  };
}

type Entry = readonly [platform: string, PlatformInformation];

function readPlatforms(repository: Repository, images: ReadonlyMap<string, Descriptor>): Promise<readonly Entry[]> {
  return Promise.all(
    [...images].map(async ([platform, descriptor]) => [platform, await readChild(repository, descriptor)] as const),
  );
}

async function readChild(repository: Repository, descriptor: Descriptor): Promise<PlatformInformation> {
  const { digest, mediaType } = descriptor;
  try {
    const content = await repository.getManifest(digest);
    if (content === undefined) return { digest, descriptor };
    const what = `manifest ${referenceIn(repository, digest)}`;
    return { digest, descriptor, ...partsOf(parseManifest(content.bytes, { mediaType, what })) };
  } catch (error) {
    return { digest, descriptor, ...problemOf(error) };
  }
}

async function readOwnPlatform(
  repository: Repository,
  descriptor: Descriptor,
  manifest: ImageManifest,
): Promise<{ readonly platforms: readonly Entry[]; readonly problem?: string }> {
  const { config } = manifest;
  if (!isImageConfigMediaType(config.mediaType)) return { platforms: [] };
  try {
    const bytes = await repository.getBlobBytes(config);
    const { platform } = parseImageConfig(bytes, `config ${referenceIn(repository, config.digest)}`);
    if (platform === undefined) return { platforms: [] };
    const information = { digest: descriptor.digest, descriptor, ...partsOf(manifest) };
    return { platforms: [[formatPlatform(platform), information]] };
  } catch (error) {
    return { platforms: [], ...problemOf(error) };
  }
}

function partsOf(parsed: ImageManifest | ImageIndex): Partial<ImageParts> {
  if (parsed.kind === "index") return {};
  const { config, layers } = parsed;
  const size = [config, ...layers].reduce((sum, descriptor) => sum + descriptor.size, 0);
  return { size, config, layers };
}
