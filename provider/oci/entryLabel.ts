import { attestationSubject, isAttestation } from "./attestation";
import type { Descriptor } from "./descriptor";
import { platformOf } from "./indexPlatforms";
import { formatPlatform } from "./platform";

/**
 * What an entry of an index is, for messages: `linux/arm64`, `attestation of linux/arm64`, or `no platform`.
 * @param manifests - all entries of the index.
 */
export function entryLabel(descriptor: Descriptor, manifests: readonly Descriptor[]): string {
  if (!isAttestation(descriptor)) return platformLabel(descriptor);
  const digest = attestationSubject(descriptor);
  const subject = manifests.find((image) => image.digest === digest);
  return `attestation of ${subject ? platformLabel(subject) : "no image in the index"}`;
}

function platformLabel(descriptor: Descriptor): string {
  const platform = platformOf(descriptor);
  return platform ? formatPlatform(platform) : "no platform";
}
