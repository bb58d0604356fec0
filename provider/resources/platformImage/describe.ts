import { attestationReferenceType, referenceDigestAnnotation, referenceTypeAnnotation } from "../../oci/attestation";
import type { Descriptor } from "../../oci/descriptor";
import { completePlatform } from "../../oci/platformComparison";
import type { ResolvedImage } from "../../sources/source";
import type { ImageInputs } from "./inputs";

/** The descriptor that an index carries for the image: what its config says of the platform, completed by the declaration. */
export function describeImage(inputs: ImageInputs, image: ResolvedImage): Descriptor {
  return { ...image.manifest.descriptor, platform: completePlatform(image.configPlatform, inputs.platform) };
}

/**
 * The descriptors that an index carries for the image's attestations.
 * @see https://docs.docker.com/build/metadata/attestations/attestation-storage/
 */
export function describeAttestations(image: ResolvedImage): readonly Descriptor[] {
  return image.attestations.map(({ manifest }) => ({
    ...manifest.descriptor,
    annotations: {
      [referenceDigestAnnotation]: image.manifest.descriptor.digest,
      [referenceTypeAnnotation]: attestationReferenceType,
    },
    platform: { architecture: "unknown", os: "unknown" },
  }));
}
