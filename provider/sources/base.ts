import { joinChunks } from "../distribution/verifiedChunks";
import { type AnyProviderError, type ErrorCode, isProviderError, ProviderError } from "../errors";
import type { Descriptor } from "../oci/descriptor";
import { verifyBytes } from "../oci/digest";
import { invalidContent } from "../oci/json";
import { parseManifest } from "../oci/manifest";
import { mediaTypes } from "../oci/mediaTypes";
import { formatPlatform, type Platform } from "../oci/platform";
import { contradiction } from "../oci/platformComparison";
import { type BaseConfig, parseBaseConfig } from "./baseConfig";
import { readBaseLayer } from "./baseLayer";
import { type BaseTree, mergeLayers } from "./baseTree";
import type { DiskCache } from "./diskCache";
import { resolveImage } from "./image";
import { resolveOciLayout } from "./ociLayout";
import type { BaseSource, ResolvedImage, SourceBlob, SourceWorld } from "./source";

/** An image that files are laid upon. */
export interface Base {
  readonly config: BaseConfig;
  /** Its layers with the media types of OCI, first to last; foreign ones too. */
  readonly layers: readonly Descriptor[];
  /** The layers that are to be brought along; a repository that holds them is told. */
  readonly blobs: readonly SourceBlob[];
  readonly tree: BaseTree;
}

/**
 * Finds a base image and reads the headers of its layers, each of which is streamed through once and then remembered.
 * A foreign layer is not read: a parent that only it has gets the plain mode and owner.
 * @param source - where it is.
 * @param platform - the declared one: picks the image out of several; the base must not contradict it.
 * @throws what the image's source throws, with `source.base` in front; ERR_PLATFORM_MISMATCH for a base of another platform;
 * ERR_CONTENT_INVALID when its config does not list its layers; as {@link readBaseLayer}.
 */
export async function resolveBase(
  source: BaseSource,
  platform: Platform,
  world: SourceWorld,
  cache: DiskCache | undefined,
): Promise<Base> {
  try {
    const image = await resolveBaseImage(source, platform, world);
    return await readBase(image, platform, cache);
  } catch (error) {
    throw isProviderError(error) ? underBase(error, typeof source === "string") : error;
  }
}

function resolveBaseImage(source: BaseSource, platform: Platform, world: SourceWorld): Promise<ResolvedImage> {
  if (typeof source === "string") return resolveImage({ image: source, attestations: "drop" }, platform, world);
  if ("ociLayout" in source) return resolveOciLayout(source, platform, world);
  return resolveImage({ ...source, attestations: "drop" }, platform, world);
}

async function readBase(image: ResolvedImage, platform: Platform, cache: DiskCache | undefined): Promise<Base> {
  const { manifest, blobs, configDigest } = image;
  const what = `config ${configDigest} of the base image`;
  const parsed = parseManifest(manifest.bytes, { mediaType: manifest.descriptor.mediaType, what: "the base image" });
  const layers = parsed.kind === "manifest" ? parsed.layers : [];
  const config = parseBaseConfig(await readConfig(blobs, configDigest, what), what);
  requirePlatform(platform, config.platform);
  if (config.diffIds.length !== layers.length)
    throw invalidContent(what, `lists ${config.diffIds.length} layers, but the manifest has ${layers.length}`);
  const headers = await Promise.all(
    layers.map(({ digest }, index) => {
      const blob = blobs.find(({ descriptor }) => descriptor.digest === digest);
      return blob ? readBaseLayer(blob, config.diffIds[index] ?? "", cache) : [];
    }),
  );
  return {
    config,
    layers: layers.map((layer) => ({ ...layer, mediaType: ociMediaType(layer.mediaType) })),
    blobs: blobs.filter(({ descriptor }) => descriptor.digest !== configDigest),
    tree: mergeLayers(headers, platform.os === "windows"),
  };
}

async function readConfig(blobs: readonly SourceBlob[], digest: string, what: string): Promise<Uint8Array> {
  const blob = blobs.find(({ descriptor }) => descriptor.digest === digest);
  const bytes = blob ? await joinChunks(await blob.open()) : new Uint8Array();
  verifyBytes(bytes, { digest }, what);
  return bytes;
}

function requirePlatform(declared: Platform, found: Platform | undefined): void {
  const field = found && contradiction(declared, found);
  if (found === undefined || field === undefined) return;
  const names = { declared: formatPlatform(declared), found: formatPlatform(found) };
  const message = `the base image is for ${names.found}, but ${names.declared} is declared (its ${field} differs). Name a base for ${names.declared}.`;
  throw new ProviderError("ERR_PLATFORM_MISMATCH", message, names);
}

/** The bytes of Docker's layers are those of OCI's; an OCI manifest calls them by its own names. */
function ociMediaType(mediaType: string): string {
  if (mediaType === mediaTypes.dockerLayerGzip) return mediaTypes.ociLayerGzip;
  return mediaType === mediaTypes.dockerForeignLayer ? mediaTypes.ociNondistributableLayerGzip : mediaType;
}

/** The same error about the input that the base came from. */
function underBase(error: AnyProviderError, isText: boolean): Error {
  const place = (text: string) =>
    text.replace(/\bsource\.(image|registry|ociLayout|reference)\b/g, isText ? "source.base" : "source.base.$1");
  const message = place(error.message);
  const led = message.startsWith("source.base") ? message : `source.base: ${message}`;
  const details = error.code === "ERR_INPUT_INVALID" ? { path: place(error.details.path) } : error.details;
  return new ProviderError<ErrorCode>(error.code, led, details, { cause: error });
}
