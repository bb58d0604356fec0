import { randomUUID } from "node:crypto";
import type { ManifestContent } from "../../../provider/distribution/repository";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { type Platform, platformFrom } from "../../../provider/oci/platform";
import { blobOf, manifestOf, newRepository } from "../distribution/content";

/** An image on a registry, unlike any other: one layer and a config. */
export interface SeededImage extends Descriptor {
  readonly platform: Platform;
}

/** What a seeded image is like. */
export interface SeedOptions {
  /** Default: none; then it is there under its digest. */
  readonly tag?: string;
  /** Docker's media types instead of OCI's. */
  readonly docker?: boolean;
  /** What tells its layer from others; random by default. */
  readonly content?: string | Uint8Array;
}

/** Pushes an image by other means than the provider's lifecycles. */
export async function seedImage(
  address: string,
  repository: string,
  platform: string,
  { tag, docker = false, content = randomUUID() }: SeedOptions = {},
): Promise<SeededImage> {
  const types = docker
    ? { manifest: mediaTypes.dockerManifest, config: mediaTypes.dockerConfig }
    : { manifest: mediaTypes.ociManifest, config: mediaTypes.ociConfig };
  const target = newRepository(address, repository);
  const layer = blobOf(typeof content === "string" ? Buffer.from(content) : content);
  const literal = platformFrom(platform);
  const config = blobOf(
    Buffer.from(JSON.stringify({ ...literal, config: {}, rootfs: { type: "layers" }, layer: layer.descriptor.digest })),
  );
  await Promise.all([layer, config].map((blob) => target.pushBlob(blob)));
  const document = { config: { ...config.descriptor, mediaType: types.config }, layers: [layer.descriptor] };
  const manifest = manifestOf(document, types.manifest);
  await target.putManifest(tag ?? manifest.descriptor.digest, manifest);
  return { ...manifest.descriptor, platform: literal };
}

/** Pushes an index over manifests that are there, under a tag or else its digest. */
export async function seedIndex(
  address: string,
  repository: string,
  manifests: readonly Descriptor[],
  tag?: string,
): Promise<Descriptor> {
  const index = manifestOf({ manifests }, mediaTypes.ociIndex);
  await newRepository(address, repository).putManifest(tag ?? index.descriptor.digest, index);
  return index.descriptor;
}

/** Pushes a BuildKit attestation of an image. @returns its descriptor as an index lists it. */
export async function seedAttestation(address: string, repository: string, image: Descriptor): Promise<Descriptor> {
  const { platform, ...manifest } = await seedImage(address, repository, "unknown/unknown");
  const annotations = {
    "vnd.docker.reference.type": "attestation-manifest",
    "vnd.docker.reference.digest": image.digest,
  };
  return { ...manifest, annotations, platform };
}

/** Pushes a manifest that is for no platform. @returns its descriptor as an index lists it. */
export async function seedArtifact(address: string, repository: string): Promise<Descriptor> {
  const target = newRepository(address, repository);
  const [config, layer] = ["{}", randomUUID()].map((content) => blobOf(Buffer.from(content)));
  await Promise.all([config, layer].map((blob) => blob && target.pushBlob(blob)));
  const document = {
    config: { ...config?.descriptor, mediaType: "application/vnd.test.config.v1+json" },
    layers: [layer?.descriptor],
  };
  const manifest = manifestOf(document, mediaTypes.ociManifest);
  await target.putManifest(manifest.descriptor.digest, manifest);
  return manifest.descriptor;
}

/** What a tag or digest names, as a client sees it that has just started. */
export async function digestAt(address: string, repository: string, tagOrDigest: string): Promise<string | undefined> {
  return (await newRepository(address, repository).headManifest(tagOrDigest))?.digest;
}

/** The manifest under a tag or digest, as a client sees it that has just started. */
export async function contentAt(
  address: string,
  repository: string,
  tagOrDigest: string,
): Promise<ManifestContent | undefined> {
  return newRepository(address, repository).getManifest(tagOrDigest);
}
