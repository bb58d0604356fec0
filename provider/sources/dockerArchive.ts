import type { Descriptor } from "../oci/descriptor";
import { digestOf } from "../oci/digest";
import { parseImageConfig } from "../oci/imageConfig";
import {
  arrayField,
  arrayOf,
  asObject,
  asString,
  invalidContent,
  type JsonObject,
  parseJson,
  stringField,
} from "../oci/json";
import { manifestLimit } from "../oci/manifest";
import { mediaTypes } from "../oci/mediaTypes";
import type { ArchiveIndex } from "./archiveIndex";
import { type Collection, imageNameAnnotation } from "./collection";
import { describeDockerLayer } from "./dockerLayer";
import { verifiedBlob } from "./layout";
import { refNameAnnotation } from "./selection";
import type { StoredFile } from "./storedBytes";

/** What an archive's images consist of, by digest. */
interface Contents {
  /** Manifests, which are made here, and configs. */
  readonly documents: Map<string, Uint8Array>;
  /** Layers and configs. */
  readonly blobs: Map<string, StoredFile>;
}

/**
 * Opens what `docker save` writes before version 25, and podman, skopeo and crane as a docker archive: a config and layers for
 * each image, but no manifest. So manifests in Docker's format are made here, whose bytes depend on the archived image alone:
 * the config and the layers as they are, encoded as `crane push` encodes them.
 * @throws ERR_CONTENT_INVALID for a malformed manifest.json or config, for another number of layers than the config lists, and
 * as {@link describeDockerLayer}; ERR_DIGEST_MISMATCH for a config of another digest than its name says;
 * ERR_SOURCE_UNAVAILABLE for a file that is not there.
 * @see https://github.com/moby/moby/blob/v24.0.9/image/spec/v1.2.md#combined-image-json--filesystem-changeset-format
 * @see https://github.com/distribution/distribution/blob/v2.8.3/docs/spec/manifest-v2-2.md#image-manifest
 */
export async function openDockerArchive(archive: ArchiveIndex): Promise<Collection> {
  const contents: Contents = { documents: new Map(), blobs: new Map() };
  const what = `${archive.name}: member "manifest.json"`;
  const entries = arrayOf(asObject)(parseJson(await archive.read("manifest.json"), what, manifestLimit), `${what}:`);
  const roots: Descriptor[] = [];
  for (const entry of entries) roots.push(...(await describeEntry(archive, entry, contents)));
  const find = <T>(found: ReadonlyMap<string, T>, { digest }: Descriptor): T => {
    const content = found.get(digest);
    if (content !== undefined) return content;
    throw invalidContent(archive.name, `has nothing with the digest ${digest}`);
  };
  const read = async (descriptor: Descriptor) => find(contents.documents, descriptor);
  return {
    store: {
      name: archive.name,
      readManifest: read,
      readConfig: read,
      blob: async (descriptor) => verifiedBlob(descriptor, find(contents.blobs, descriptor)),
    },
    roots,
    holds: () => true,
  };
}

/** One image: its manifest is made and kept. @returns the manifest's descriptor, once for each of its names. */
async function describeEntry(
  archive: ArchiveIndex,
  entry: JsonObject,
  { documents, blobs }: Contents,
): Promise<readonly Descriptor[]> {
  const configName = stringField(entry, "Config");
  const configBytes = await archive.read(configName);
  const configFile = archive.file(configName);
  const config = descriptorOf(mediaTypes.dockerConfig, configBytes);
  const { platform, diffIds } = parseImageConfig(configBytes, configFile.what);
  const files = arrayField(entry, "Layers", asString).map((name) => archive.linkedFile(name));
  if (files.length !== diffIds.length)
    throw invalidContent(entry.path, `has ${files.length} layers, but the image's config lists ${diffIds.length}`);
  const layers: Descriptor[] = [];
  for (const [index, diffId] of diffIds.entries()) {
    const file = files[index];
    if (file === undefined) continue;
    const layer = await describeDockerLayer(file, diffId);
    layers.push(layer);
    blobs.set(layer.digest, file);
  }
  const bytes = encodeManifest(config, layers);
  const manifest = descriptorOf(mediaTypes.dockerManifest, bytes);
  blobs.set(config.digest, configFile);
  documents.set(config.digest, configBytes).set(manifest.digest, bytes);
  const described = { ...manifest, ...(platform && { platform }) };
  const names = arrayField(entry, "RepoTags", asString);
  if (names.length === 0) return [described];
  return names.map((name) => ({
    ...described,
    annotations: { [refNameAnnotation]: name, [imageNameAnnotation]: name },
  }));
}

function descriptorOf(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

function encodeManifest(config: Descriptor, layers: readonly Descriptor[]): Uint8Array {
  const encoded = ({ mediaType, size, digest }: Descriptor) => ({ mediaType, size, digest });
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.dockerManifest,
    config: encoded(config),
    layers: layers.map(encoded),
  };
  return Buffer.from(JSON.stringify(manifest));
}
