import { isAttestation } from "./attestation";
import type { Descriptor } from "./descriptor";
import { isImageConfigMediaType } from "./mediaTypes";
import { formatPlatform, isUnknownPlatform, type Platform } from "./platform";

/**
 * Whether an entry of an index says that it is an artifact. Where it stands beside an image of the same platform, as SOCI's indexes do,
 * the image is meant. Some tools give images the media type of their config.
 */
export function isArtifact({ artifactType }: Descriptor): boolean {
  return artifactType !== undefined && !isImageConfigMediaType(artifactType);
}

/**
 * The platform that an entry of an index is for.
 * @returns `undefined` for attestations and for entries whose platform is missing or unknown/unknown.
 */
export function platformOf(descriptor: Descriptor): Platform | undefined {
  const { platform } = descriptor;
  return platform === undefined || isUnknownPlatform(platform) || isAttestation(descriptor) ? undefined : platform;
}

/**
 * The entries of an index by platform, as readers choose them: of several for one platform the first image, or else the first
 * artifact.
 * @param manifests - the index's entries.
 * @returns by `formatPlatform` of each platform, in the index's order.
 */
export function entriesByPlatform(manifests: readonly Descriptor[]): ReadonlyMap<string, Descriptor> {
  const chosen = new Map<string, Descriptor>();
  for (const descriptor of manifests) {
    const platform = platformOf(descriptor);
    if (platform === undefined) continue;
    const key = formatPlatform(platform);
    const earlier = chosen.get(key);
    if (earlier === undefined || (isArtifact(earlier) && !isArtifact(descriptor))) chosen.set(key, descriptor);
  }
  return chosen;
}

/**
 * The images of an index by platform.
 * @param manifests - the index's entries.
 * @returns `formatPlatform` of each platform to the digest that {@link entriesByPlatform} chooses, in the index's order.
 */
export function platformsOf(manifests: readonly Descriptor[]): Readonly<Record<string, string>> {
  return Object.fromEntries([...entriesByPlatform(manifests)].map(([platform, { digest }]) => [platform, digest]));
}
