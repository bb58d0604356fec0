import { isAttestation } from "./attestation";
import type { Descriptor } from "./descriptor";
import { formatPlatform, isUnknownPlatform, type Platform } from "./platform";

/**
 * The platform that an entry of an index is for.
 * @returns `undefined` for attestations and for entries whose platform is missing or unknown/unknown.
 */
export function platformOf(descriptor: Descriptor): Platform | undefined {
  const { platform } = descriptor;
  return platform === undefined || isUnknownPlatform(platform) || isAttestation(descriptor) ? undefined : platform;
}

/**
 * The images of an index by platform.
 * @param manifests - the index's entries.
 * @returns `formatPlatform` of each platform to the image's digest, in the index's order. Where a platform stands there twice
 * (foreign tools write such indexes), the first one: that is what readers take.
 */
export function platformsOf(manifests: readonly Descriptor[]): Readonly<Record<string, string>> {
  const platforms = new Map<string, string>();
  for (const descriptor of manifests) {
    const platform = platformOf(descriptor);
    const key = platform && formatPlatform(platform);
    if (key !== undefined && !platforms.has(key)) platforms.set(key, descriptor.digest);
  }
  return Object.fromEntries(platforms);
}
