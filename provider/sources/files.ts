import { Readable } from "node:stream";
import type { ManifestContent } from "../distribution/repository";
import { ProviderError } from "../errors";
import type { Descriptor } from "../oci/descriptor";
import { digestOf } from "../oci/digest";
import { manifestLimit } from "../oci/manifest";
import { mediaTypes } from "../oci/mediaTypes";
import type { Platform } from "../oci/platform";
import { completePlatform } from "../oci/platformComparison";
import { resolveBase } from "./base";
import { mergeLayers } from "./baseTree";
import { encodeConfig, sourceDateEpoch } from "./config";
import { openDiskCache } from "./diskCache";
import { executablePlatforms, lookAtImageFiles } from "./imageFiles";
import { makeCachedLayer } from "./layerCache";
import { layerEntries } from "./layerEntries";
import type { FilesSource, ResolvedImage, SourceBlob, SourceWorld } from "./source";
import { windowsLayerEntries } from "./windowsLayer";

/**
 * Makes an image of local files: one layer, laid upon those of the base, a config and a manifest, whose bytes depend on the
 * files' contents, the arguments, the base and SOURCE_DATE_EPOCH alone. Each file is read here and, unless its layer is in
 * the cache, once more whenever the layer's blob is opened. Of the base, the config and the layers' headers are read.
 * @param source - the files, the base and the config.
 * @param platform - what the config will say; on a base, what the base says, completed by this.
 * @param world - registries, environment (SOURCE_DATE_EPOCH, where the cache is) and the folder of relative paths.
 * @param annotations - of the manifest; the base's do not come along.
 * @throws ERR_INPUT_INVALID with a path below `source`; ERR_SOURCE_UNAVAILABLE with a local file's absolute path; what
 * resolving the base throws.
 */
export async function resolveFiles(
  source: FilesSource,
  platform: Platform,
  world: SourceWorld,
  annotations: Readonly<Record<string, string>>,
): Promise<ResolvedImage> {
  const created = sourceDateEpoch(world.environment);
  const time = created ?? 0;
  const isWindows = platform.os === "windows";
  if (isWindows && source.base === undefined) throw windowsNeedsBase();
  const cache = openDiskCache(world.environment);
  const files = await lookAtImageFiles(source.files, world.directory);
  const base = source.base === undefined ? undefined : await resolveBase(source.base, platform, world, cache);
  const tree = base?.tree ?? mergeLayers([], isWindows);
  const entries = isWindows ? windowsLayerEntries(files, tree, time) : layerEntries(files, tree);
  const layer = await makeCachedLayer(cache, entries, time, source.compression ?? "gzip");
  const complete = completePlatform(base?.config.platform, platform);
  const config = configBlob(
    encodeConfig({
      platform: complete,
      config: source.config ?? {},
      diffId: layer.diffId,
      ...(base && { base: base.config }),
      ...(created !== undefined && { created }),
    }),
  );
  const layers = [...(base?.layers ?? []), layer.blob.descriptor];
  return {
    manifest: encodeManifest(config.descriptor, layers, annotations),
    blobs: [...(base?.blobs ?? []), layer.blob, config],
    configDigest: config.descriptor.digest,
    configPlatform: complete,
    layers: layers.map(({ digest }) => digest),
    attestations: [],
    executables: executablePlatforms(files),
  };
}

function windowsNeedsBase(): ProviderError<"ERR_INPUT_INVALID"> {
  const message =
    "source.base: a Windows image needs a Windows base image, whose version decides where it runs, but none is given. Name one, for example mcr.microsoft.com/windows/nanoserver:ltsc2022.";
  return new ProviderError("ERR_INPUT_INVALID", message, { path: "source.base" });
}

function configBlob(bytes: Uint8Array): SourceBlob {
  const descriptor = { mediaType: mediaTypes.ociConfig, digest: digestOf(bytes), size: bytes.length };
  return { descriptor, open: async () => Readable.from([bytes], { objectMode: false }) };
}

function encodeManifest(
  config: Descriptor,
  layers: readonly Descriptor[],
  annotations: Readonly<Record<string, string>>,
): ManifestContent {
  const mediaType = mediaTypes.ociManifest;
  const keys = Object.keys(annotations).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config,
      layers,
      annotations: keys.length === 0 ? undefined : Object.fromEntries(keys.map((key) => [key, annotations[key]])),
    }),
  );
  if (bytes.length > manifestLimit) {
    const message = `The manifest would have ${bytes.length} bytes; registries take at most ${manifestLimit}. Shorten the annotations.`;
    throw new ProviderError("ERR_INPUT_INVALID", message, { path: "annotations" });
  }
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}
