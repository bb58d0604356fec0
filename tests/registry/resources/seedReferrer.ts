import { randomUUID } from "node:crypto";
import { referrersTag } from "../../../provider/distribution/referrers";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { blobOf, manifestOf, newRepository } from "../distribution/content";

/** The type of every artifact here. */
export const artifactType = "application/vnd.example.signature";

/** What a referrer is like. */
export interface ReferrerOptions {
  /** Lists it under the fallback tag, too, as clients do where there is no referrers API. */
  readonly fallback: boolean;
}

/** Pushes an artifact that refers to a manifest, unlike any other. @returns its descriptor as a list of referrers has it. */
export async function seedReferrer(
  address: string,
  name: string,
  subject: Descriptor,
  { fallback }: ReferrerOptions,
): Promise<Descriptor> {
  const repository = newRepository(address, name);
  const { manifest, annotations } = await artifact(address, name, subject);
  await repository.putManifest(manifest.descriptor.digest, manifest);
  const referrer = { ...manifest.descriptor, artifactType, annotations };
  if (fallback) {
    const { descriptors } = await repository.listReferrers(subject.digest);
    const list = manifestOf({ manifests: [...descriptors, referrer] }, mediaTypes.ociIndex);
    await repository.putManifest(referrersTag(subject.digest), list);
  }
  return referrer;
}

/** Pushes an artifact under one of the tags that cosign gives what it knows of a manifest. @returns its descriptor. */
export async function seedCosign(
  address: string,
  name: string,
  subject: Descriptor,
  suffix: "sig" | "att" | "sbom",
): Promise<Descriptor> {
  const { manifest } = await artifact(address, name);
  await newRepository(address, name).putManifest(`${subject.digest.replace(":", "-")}.${suffix}`, manifest);
  return manifest.descriptor;
}

async function artifact(address: string, name: string, subject?: Descriptor) {
  const repository = newRepository(address, name);
  const [config, layer] = [blobOf(Buffer.from("{}")), blobOf(Buffer.from(randomUUID()))];
  await Promise.all([config, layer].map((blob) => repository.pushBlob(blob)));
  const annotations = { "org.example.id": randomUUID() };
  const document = {
    artifactType,
    config: { ...config.descriptor, mediaType: mediaTypes.ociEmpty },
    layers: [layer.descriptor],
    ...(subject && { subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size } }),
    annotations,
  };
  return { manifest: manifestOf(document, mediaTypes.ociManifest), annotations };
}
