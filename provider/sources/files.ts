import { Readable } from "node:stream";
import type { ManifestContent } from "../distribution/repository";
import type { Descriptor } from "../oci/descriptor";
import { digestOf } from "../oci/digest";
import { mediaTypes } from "../oci/mediaTypes";
import type { Platform } from "../oci/platform";
import { encodeConfig, sourceDateEpoch } from "./config";
import { openDiskCache } from "./diskCache";
import { executablePlatforms, layerEntries, lookAtImageFiles } from "./imageFiles";
import { makeCachedLayer } from "./layerCache";
import type { FilesSource, ResolvedImage, SourceBlob, SourceWorld } from "./source";

/**
 * Makes an image of local files: one layer, a config and a manifest, whose bytes depend on the files' contents, the
 * arguments and SOURCE_DATE_EPOCH alone. Each file is read once here and again whenever the layer's blob is opened.
 * @param source - the files and the config.
 * @param platform - what the config will say.
 * @param world - SOURCE_DATE_EPOCH and the folder of relative paths.
 * @param annotations - of the manifest.
 * @throws ERR_INPUT_INVALID with a path below `source`; ERR_SOURCE_UNAVAILABLE with a local file's absolute path.
 */
export async function resolveFiles(
  source: FilesSource,
  platform: Platform,
  world: Pick<SourceWorld, "environment" | "directory">,
  annotations: Readonly<Record<string, string>>,
): Promise<ResolvedImage> {
  const created = sourceDateEpoch(world.environment);
  const files = await lookAtImageFiles(source.files, world.directory);
  const entries = layerEntries(
    files.map((file) => file.entry),
    platform.os,
  );
  const cache = openDiskCache(world.environment);
  const layer = await makeCachedLayer(cache, entries, created ?? 0, source.compression ?? "gzip");
  const config = configBlob(
    encodeConfig({
      platform,
      config: source.config ?? {},
      diffIds: [layer.diffId],
      ...(created !== undefined && { created }),
    }),
  );
  return {
    manifest: encodeManifest(config.descriptor, [layer.blob.descriptor], annotations),
    blobs: [layer.blob, config],
    configDigest: config.descriptor.digest,
    configPlatform: platform,
    layers: [layer.blob.descriptor.digest],
    attestations: [],
    executables: executablePlatforms(files),
  };
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
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}
