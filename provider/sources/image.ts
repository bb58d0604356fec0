import { hasCode, ProviderError } from "../errors";
import type { Platform } from "../oci/platform";
import { parseReference, type Reference } from "../oci/reference";
import { openDiskCache } from "./diskCache";
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
  const reference = readReference(source.image);
  const { address } = reference;
  const connection = source.registry ?? { address };
  if (connection.address !== address) {
    const message = `source.image is on ${address}, but source.registry is ${connection.address}. Give the registry of the image, or leave source.registry out.`;
    throw new ProviderError("ERR_INPUT_INVALID", message, { path: "source.registry" });
  }
  const repository = world.registry(connection).repository(reference.repository);
  const root = await requireManifest(repository, reference.digest ?? reference.tag ?? "latest");
  const store = repositoryStore(repository, root, openDiskCache(world.environment));
  const { image, attestations } = await selectImage(store, [root.descriptor], platform, "source.image");
  return resolveStored(store, image, source.attestations === "drop" ? [] : attestations);
}

function readReference(text: string): Reference {
  try {
    return parseReference(text);
  } catch (error) {
    if (!hasCode(error, "ERR_REFERENCE_INVALID")) throw error;
    throw new ProviderError("ERR_INPUT_INVALID", error.message, { path: "source.image" }, { cause: error });
  }
}
