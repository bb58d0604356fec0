import type { Descriptor } from "./descriptor";
import { isDigest } from "./digest";

/** The annotation with which BuildKit says what kind of thing beside an image a descriptor is. */
export const referenceTypeAnnotation = "vnd.docker.reference.type";

/** The annotation with which BuildKit names the image that an attestation is about, by digest. */
export const referenceDigestAnnotation = "vnd.docker.reference.digest";

/** The value of {@link referenceTypeAnnotation} for attestations. */
export const attestationReferenceType = "attestation-manifest";

/**
 * Whether an entry of an index is an attestation (provenance, bill of materials) as BuildKit stores it, and so no image to run.
 * @see https://docs.docker.com/build/metadata/attestations/attestation-storage/
 */
export function isAttestation(descriptor: Descriptor): boolean {
  return descriptor.annotations?.[referenceTypeAnnotation] === attestationReferenceType;
}

/**
 * The digest of the image that an attestation is about.
 * @returns `undefined` for what is no attestation, and for one that names no valid digest.
 */
export function attestationSubject(descriptor: Descriptor): string | undefined {
  const digest = isAttestation(descriptor) ? descriptor.annotations?.[referenceDigestAnnotation] : undefined;
  return digest !== undefined && isDigest(digest) ? digest : undefined;
}
