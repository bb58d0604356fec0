import { ProviderError } from "../errors";
import type { Platform } from "../oci/platform";
import type { ResolvedImage, Source, SourceWorld } from "./source";

/** A process loads no more than its stack has kinds of sources: those of layers made here take 30 ms. */
const load = {
  archive: (): typeof import("./archive") => require("./archive"),
  daemon: (): typeof import("./daemon") => require("./daemon"),
  files: (): typeof import("./files") => require("./files"),
  image: (): typeof import("./image") => require("./image"),
  ociLayout: (): typeof import("./ociLayout") => require("./ociLayout"),
};

/**
 * Finds out everything about a source's image that can be known without reading its layers: its manifest's exact bytes, its
 * blobs by descriptor, its attestations. Only for `files` the layer is produced once, to learn its digest. Nothing is
 * written anywhere.
 * @param source - where the image comes from.
 * @param platform - the declared one: picks the image out of several, and is the platform of one made from files. Whether an
 * existing image agrees with it is left to the caller.
 * @param world - environment variables, registries and the folder of relative paths.
 * @param options - `annotations` of the manifest; only an image made from files can take them.
 * @returns blobs may be opened as often as needed; what comes from existing manifests is verified as it is read.
 * @throws ERR_INPUT_INVALID with the path of the input to blame, among the resource's: `source.files["/usr/bin/server"]`,
 * `source.reference`, `source.image`, `annotations`.
 * @throws ERR_SOURCE_UNAVAILABLE with the absolute path of a local file that cannot be used; ERR_NOT_FOUND when the registry
 * does not have the image; ERR_PLATFORM_MISSING when an index has no image for the platform.
 * @throws ERR_CONTENT_INVALID, ERR_CONTENT_TOO_LARGE, ERR_DIGEST_MISMATCH and ERR_MEDIA_TYPE_UNSUPPORTED for existing content
 * that is not as it should be.
 */
export async function resolveSource(
  source: Source,
  platform: Platform,
  world: SourceWorld,
  options: { readonly annotations?: Readonly<Record<string, string>> },
): Promise<ResolvedImage> {
  const annotations = options.annotations ?? {};
  if ("files" in source) return load.files().resolveFiles(source, platform, world, annotations);
  if (Object.keys(annotations).length > 0) {
    const message =
      "annotations would change the bytes of an existing manifest, and with them its digest. Leave them out, or set them when the image is built.";
    throw new ProviderError("ERR_INPUT_INVALID", message, { path: "annotations" });
  }
  if ("archive" in source) return load.archive().resolveArchive(source, platform, world);
  if ("daemon" in source) return load.daemon().resolveDaemon(source, platform, world);
  return "ociLayout" in source
    ? load.ociLayout().resolveOciLayout(source, platform, world)
    : load.image().resolveImage(source, platform, world);
}
