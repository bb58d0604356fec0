import type { Platform } from "../oci/platform";
import { openDiskCache } from "./diskCache";
import { locateImage } from "./imageReference";
import { repositoryStore, requireManifest } from "./repositoryManifest";
import { selectImage } from "./selection";
import type { ImageSource, ResolvedImage, SourceWorld } from "./source";
import { resolveStored } from "./store";

/**
 * Resolves an image of a registry. A tag is looked at once; everything further is asked for by digest, unless the cache has
 * it. Layers are not read.
 * @param source - the reference, and how to reach its registry.
 * @param platform - picks the image when the reference names an index.
 * @param world - gives the registry, and tells where the cache is.
 * @throws ERR_INPUT_INVALID with the path `source.image` or `source.registry`; ERR_NOT_FOUND; ERR_PLATFORM_MISSING;
 * ERR_CONTENT_INVALID, ERR_DIGEST_MISMATCH and ERR_MEDIA_TYPE_UNSUPPORTED for what is not as it should be; what the
 * registry's operations throw.
 */
export async function resolveImage(
  source: ImageSource,
  platform: Platform,
  world: Pick<SourceWorld, "registry" | "environment">,
): Promise<ResolvedImage> {
  const { connection, repository: name, tagOrDigest } = locateImage(source);
  const repository = world.registry(connection).source(name);
  const root = await requireManifest(repository, tagOrDigest);
  const store = repositoryStore(repository, root, openDiskCache(world.environment));
  const { image, attestations } = await selectImage(store, [root.descriptor], platform, "source.image");
  return resolveStored(store, image, source.attestations === "drop" ? [] : attestations);
}
