import { attestationSubject, isAttestation } from "../oci/attestation";
import type { Descriptor } from "../oci/descriptor";
import { entriesByPlatform } from "../oci/indexPlatforms";
import { isManifestMediaType } from "../oci/mediaTypes";
import type { AttestationInformation } from "./imageInformation";

/** The descriptors of an index, each in exactly one place, in the index's order. */
export interface IndexEntries {
  /** By platform, as `formatPlatform` writes it. */
  readonly images: ReadonlyMap<string, Descriptor>;
  readonly attestations: readonly AttestationInformation[];
  readonly others: readonly Descriptor[];
}

/**
 * Tells the images of an index from its attestations and from what is neither: a descriptor without a known platform, one that is no
 * image manifest, a second one for a platform, an artifact beside an image.
 */
export function indexEntries(manifests: readonly Descriptor[]): IndexEntries {
  const images = entriesByPlatform(manifests.filter(({ mediaType }) => isManifestMediaType(mediaType)));
  const chosen = new Set(images.values());
  const others = manifests.filter((descriptor) => !isAttestation(descriptor) && !chosen.has(descriptor));
  const platforms = new Map([...images].map(([platform, { digest }]) => [digest, platform]));
  const attestations = manifests.filter(isAttestation).map((descriptor) => attestationOf(descriptor, platforms));
  return { images, attestations, others };
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
