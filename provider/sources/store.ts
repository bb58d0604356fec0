import type { Descriptor } from "../oci/descriptor";
import { verifyBytes } from "../oci/digest";
import { parseImageConfig } from "../oci/imageConfig";
import { invalidContent } from "../oci/json";
import { type ImageIndex, type ImageManifest, parseManifest } from "../oci/manifest";
import { isForeignLayerMediaType, isImageConfigMediaType } from "../oci/mediaTypes";
import type { Platform } from "../oci/platform";
import type { ResolvedImage, ResolvedManifest, SourceBlob } from "./source";

/** A place that holds whole images: an OCI layout, or a repository on a registry. */
export interface Store {
  /** Names the place in messages: a folder, or `host[:port]/repository`. */
  readonly name: string;
  /** A manifest's or index's bytes, as many as there are up to 4 MiB; not verified yet. */
  readManifest(descriptor: Descriptor): Promise<Uint8Array>;
  /** A config's bytes, as many as there are up to 4 MiB; not verified yet. */
  readConfig(descriptor: Descriptor): Promise<Uint8Array>;
  /**
   * Whether a manifest that an index lists is here: what docker exports leaves out the attestations and platforms that the engine
   * itself does not have. Absent: all of them are.
   */
  readonly holds?: (descriptor: Descriptor) => Promise<boolean>;
  /** A blob, without reading it; what its `open()` yields is verified. @throws when the place can tell that it is not there. */
  blob(descriptor: Descriptor): Promise<SourceBlob>;
}

/** The manifests that a store has, of those that its indexes list. */
export async function heldOf(store: Store, listed: readonly Descriptor[]): Promise<readonly Descriptor[]> {
  const { holds } = store;
  if (holds === undefined) return listed;
  const held: Descriptor[] = [];
  for (const descriptor of listed) if (await holds(descriptor)) held.push(descriptor);
  return held;
}

/**
 * Reads a manifest or index out of a store.
 * @throws ERR_CONTENT_INVALID, ERR_DIGEST_MISMATCH, ERR_MEDIA_TYPE_UNSUPPORTED when it is not what its descriptor says; what the store throws.
 */
export async function readParsed(
  store: Store,
  descriptor: Descriptor,
): Promise<{ readonly bytes: Uint8Array; readonly parsed: ImageManifest | ImageIndex }> {
  const what = `manifest ${descriptor.digest} of ${store.name}`;
  const bytes = await store.readManifest(descriptor);
  verifyBytes(bytes, descriptor, what);
  return { bytes, parsed: parseManifest(bytes, { mediaType: descriptor.mediaType, what }) };
}

/** What the config of an image manifest says of its platform; `undefined` for artifacts and configs that do not say it. */
export async function readConfigPlatform(store: Store, { config }: ImageManifest): Promise<Platform | undefined> {
  if (!isImageConfigMediaType(config.mediaType)) return undefined;
  const what = `config ${config.digest} of ${store.name}`;
  const bytes = await store.readConfig(config);
  verifyBytes(bytes, config, what);
  return parseImageConfig(bytes, what).platform;
}

/**
 * Resolves one image of a store with its attestations: reads and verifies their manifests and the image's config, never a layer.
 * @param image - its manifest.
 * @param attestations - manifests that come along.
 * @throws as {@link readParsed} and {@link readConfigPlatform}, and what the store throws about a missing blob.
 */
export async function resolveStored(
  store: Store,
  image: Descriptor,
  attestations: readonly Descriptor[],
): Promise<ResolvedImage> {
  const { parsed, resolved } = await resolveManifest(store, image);
  const configPlatform = await readConfigPlatform(store, parsed);
  const along: ResolvedManifest[] = [];
  for (const attestation of attestations) along.push((await resolveManifest(store, attestation)).resolved);
  return {
    ...resolved,
    configDigest: parsed.config.digest,
    ...(configPlatform !== undefined && { configPlatform }),
    layers: parsed.layers.map((layer) => layer.digest),
    attestations: along,
  };
}

/**
 * Resolves one image or attestation manifest of a store: reads and verifies it, and looks at its blobs without reading them.
 * Foreign layers are not among the blobs.
 * @throws as {@link readParsed}; ERR_CONTENT_INVALID for an index; what the store throws about a missing blob.
 */
export async function resolveManifest(
  store: Store,
  descriptor: Descriptor,
): Promise<{ readonly parsed: ImageManifest; readonly resolved: ResolvedManifest }> {
  const { bytes, parsed } = await readParsed(store, descriptor);
  if (parsed.kind === "index")
    throw invalidContent(
      `manifest ${descriptor.digest} of ${store.name}`,
      "is an index where an image manifest is wanted",
    );
  const { digest, size } = descriptor;
  const manifest = { descriptor: { mediaType: parsed.mediaType, digest, size }, bytes };
  return { parsed, resolved: { manifest, blobs: await blobsOf(store, parsed) } };
}

// A foreign layer stays where its urls say: nothing of it is fetched, so that a manifest cannot send this machine anywhere.
async function blobsOf(store: Store, { layers, config }: ImageManifest): Promise<readonly SourceBlob[]> {
  const own = layers.filter((layer) => !isForeignLayerMediaType(layer.mediaType));
  const byDigest = new Map([...own, config].map((descriptor) => [descriptor.digest, descriptor]));
  const blobs: SourceBlob[] = [];
  for (const descriptor of byDigest.values()) blobs.push(await store.blob(descriptor));
  return blobs;
}
