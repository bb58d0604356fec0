import type { Descriptor } from "../oci/descriptor";
import { digestOf, verifyBytes } from "../oci/digest";
import { parseImageConfig } from "../oci/imageConfig";
import { invalidContent } from "../oci/json";
import { mediaTypes } from "../oci/mediaTypes";
import type { ArchiveIndex } from "./archiveIndex";
import type { Collection } from "./collection";
import type { DockerEntry } from "./dockerEntries";
import { describeDockerLayer } from "./dockerLayer";
import { verifiedBlob } from "./layout";
import { imageNameAnnotation } from "./selection";
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
 * @param entries - its manifest.json.
 * @throws ERR_CONTENT_INVALID for a malformed config, for another number of layers than the config lists, and
 * as {@link describeDockerLayer}; ERR_DIGEST_MISMATCH for a config of another digest than its name says;
 * ERR_SOURCE_UNAVAILABLE for a file that is not there.
 * @see https://github.com/distribution/distribution/blob/v2.8.3/docs/spec/manifest-v2-2.md#image-manifest
 */
export async function openDockerArchive(archive: ArchiveIndex, entries: readonly DockerEntry[]): Promise<Collection> {
  const contents: Contents = { documents: new Map(), blobs: new Map() };
  const roots: Descriptor[] = [];
  for (const entry of entries) for (const root of await describeEntry(archive, entry, contents)) roots.push(root);
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
  };
}

/** One image: its manifest is made and kept. @returns the manifest's descriptor, once for each of its names. */
async function describeEntry(
  archive: ArchiveIndex,
  entry: DockerEntry,
  { documents, blobs }: Contents,
): Promise<readonly Descriptor[]> {
  const configFile = archive.file(entry.config);
  const configBytes = await readConfig(archive, entry.config);
  const config = descriptorOf(mediaTypes.dockerConfig, configBytes);
  const { platform, diffIds } = parseImageConfig(configBytes, configFile.what);
  const layers = await describeLayers(archive, entry, diffIds);
  const bytes = encodeManifest(
    config,
    layers.map(([layer]) => layer),
  );
  const manifest = descriptorOf(mediaTypes.dockerManifest, bytes);
  documents.set(config.digest, configBytes).set(manifest.digest, bytes);
  for (const [{ digest }, file] of [...layers, [config, configFile] as const]) blobs.set(digest, file);
  const described = { ...manifest, ...(platform && { platform }) };
  if (entry.names.length === 0) return [described];
  return entry.names.map((name) => ({ ...described, annotations: { [imageNameAnnotation]: name } }));
}

/** Most writers name a config by its digest; then it must have it. */
async function readConfig(archive: ArchiveIndex, name: string): Promise<Uint8Array> {
  const bytes = await archive.read(name);
  const [, hex] = /(?:^|[/:])([a-f0-9]{64})(?:\.json)?$/.exec(name) ?? [];
  if (hex !== undefined) verifyBytes(bytes, { digest: `sha256:${hex}` }, archive.file(name).what);
  return bytes;
}

async function describeLayers(
  archive: ArchiveIndex,
  { layers, what }: DockerEntry,
  diffIds: readonly string[],
): Promise<readonly (readonly [Descriptor, StoredFile])[]> {
  if (layers.length !== diffIds.length)
    throw invalidContent(what, `has ${layers.length} layers, but the image's config lists ${diffIds.length}`);
  const described: (readonly [Descriptor, StoredFile])[] = [];
  for (const [index, name] of layers.entries()) {
    const file = archive.file(name);
    described.push([await describeDockerLayer(file, diffIds[index] ?? ""), file]);
  }
  return described;
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
