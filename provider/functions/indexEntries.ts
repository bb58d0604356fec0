import { attestationSubject, isAttestation } from "../oci/attestation";
import type { Descriptor } from "../oci/descriptor";
import { isManifestMediaType } from "../oci/mediaTypes";
import { formatPlatform, isUnknownPlatform } from "../oci/platform";
import type { AttestationInformation } from "./imageInformation";

/** The descriptors of an index, each in exactly one place, in the index's order. */
export interface IndexEntries {
  /** By platform, as `formatPlatform` writes it. */
  readonly images: ReadonlyMap<string, Descriptor>;
  readonly attestations: readonly AttestationInformation[];
  readonly others: readonly Descriptor[];
}

/**
 * Tells the images of an index from its attestations and from what is neither: a descriptor without a known platform, one that
 * is no image manifest, a second one for a platform.
 */
export function indexEntries(manifests: readonly Descriptor[]): IndexEntries {
  const images = new Map<string, Descriptor>();
  const others: Descriptor[] = [];
  for (const descriptor of manifests) {
    if (isAttestation(descriptor)) continue;
    const platform = platformOf(descriptor);
    if (platform === undefined || images.has(platform)) others.push(descriptor);
    else images.set(platform, descriptor);
  }
  const platforms = new Map([...images].map(([platform, { digest }]) => [digest, platform]));
  const attestations = manifests.filter(isAttestation).map((descriptor) => attestationOf(descriptor, platforms));
  return { images, attestations, others };
}

function platformOf({ mediaType, platform }: Descriptor): string | undefined {
  if (!isManifestMediaType(mediaType) || platform === undefined || isUnknownPlatform(platform)) return undefined;
  return formatPlatform(platform);
}

function attestationOf(descriptor: Descriptor, platforms: ReadonlyMap<string, string>): AttestationInformation {
  const subject = attestationSubject(descriptor);
  const platform = subject === undefined ? undefined : platforms.get(subject);
  return {
    digest: descriptor.digest,
    ...(subject !== undefined && { subject }),
    ...(platform !== undefined && { platform }),
    descriptor,
  };
}
