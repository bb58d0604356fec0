import type { GetImageArgs, ImageInformation, ListManifestsArgs, ListTagsArgs, ManifestListing } from "../provider";

/**
 * Looks at an image or index on a registry: descriptor, platforms, annotations, attestations and the manifest's exact text.
 * @throws ERR_NOT_FOUND, ERR_AUTH, ERR_TRANSPORT and the other codes of {@link ErrorCode}.
 *
 * @example
 * ```ts
 * const { platforms } = await multiarch.getImage({ reference: "docker.io/library/alpine:3.20" });
 * ```
 */
export async function getImage(args: GetImageArgs): Promise<ImageInformation> {
  const provider = await import("../provider/index.js");
  return provider.getImage(args);
}

/**
 * Lists a repository's tags in the registry's order.
 * @throws ERR_NOT_FOUND, ERR_AUTH, ERR_TRANSPORT and the other codes of {@link ErrorCode}.
 */
export async function listTags(args: ListTagsArgs): Promise<readonly string[]> {
  const provider = await import("../provider/index.js");
  return provider.listTags(args);
}

/**
 * Lists a repository's manifests with tags, platforms and sizes. A registry of Azure tells of untagged ones and of times, too.
 * @throws ERR_NOT_FOUND, ERR_AUTH, ERR_TRANSPORT and the other codes of {@link ErrorCode}.
 */
export async function listManifests(args: ListManifestsArgs): Promise<readonly ManifestListing[]> {
  const provider = await import("../provider/index.js");
  return provider.listManifests(args);
}
