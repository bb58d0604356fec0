import { attestationSubject, isAttestation } from "./attestation";
import type { Descriptor } from "./descriptor";
import { platformOf } from "./indexPlatforms";
import { formatPlatform } from "./platform";

/** What became of one platform's image, or of one attestation. */
export interface PlatformChange {
  /** `linux/arm64`, `attestation of linux/arm64`, or `no platform` for entries that have none. */
  readonly platform: string;
  /** The digest that was there; absent when it was added. */
  readonly before?: string;
  /** The digest that is there now; absent when it was removed. */
  readonly after?: string;
}

/**
 * The difference of two indexes, platform by platform.
 * @param before - the entries of the one index.
 * @param after - the entries of the other.
 * @returns what was added or has another digest, in the order of `after`, then what was removed, in the order of `before`.
 * Empty when both list the same digests for the same platforms, in whatever order.
 */
export function diffIndexes(before: readonly Descriptor[], after: readonly Descriptor[]): readonly PlatformChange[] {
  const old = digestsByLabel(before);
  const now = digestsByLabel(after);
  const changes = [...new Set([...now.keys(), ...old.keys()])].flatMap((platform) =>
    pair(platform, old.get(platform) ?? [], now.get(platform) ?? []),
  );
  const isThere = (change: PlatformChange) => change.after !== undefined;
  return [...changes.filter(isThere), ...changes.filter((change) => !isThere(change))];
}

function digestsByLabel(manifests: readonly Descriptor[]): ReadonlyMap<string, readonly string[]> {
  const labels = new Map<string, string[]>();
  const images = new Map(manifests.map((descriptor) => [descriptor.digest, descriptor]));
  for (const descriptor of manifests) {
    const label = labelOf(descriptor, images);
    labels.set(label, [...(labels.get(label) ?? []), descriptor.digest]);
  }
  return labels;
}

function labelOf(descriptor: Descriptor, images: ReadonlyMap<string, Descriptor>): string {
  if (!isAttestation(descriptor)) return platformLabel(descriptor);
  const subject = images.get(attestationSubject(descriptor) ?? "");
  return `attestation of ${subject ? platformLabel(subject) : "no image in the index"}`;
}

function platformLabel(descriptor: Descriptor): string {
  const platform = platformOf(descriptor);
  return platform ? formatPlatform(platform) : "no platform";
}

/** Leaves out what both sides have; of the rest, the first of one side became the first of the other, and so on. */
function pair(platform: string, before: readonly string[], after: readonly string[]): readonly PlatformChange[] {
  const gone = without(before, after);
  const come = without(after, before);
  return Array.from({ length: Math.max(gone.length, come.length) }, (_, index) => {
    const [old, now] = [gone[index], come[index]];
    return { platform, ...(old && { before: old }), ...(now && { after: now }) };
  });
}

/** The items of a list less those of another, each of which takes away one. */
function without(items: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return items.filter((item) => {
    const found = left.indexOf(item);
    if (found >= 0) left.splice(found, 1);
    return found < 0;
  });
}

/**
 * A text that says what an index or tag holds, for messages.
 * @param platforms - as {@link platformsOf} gives them.
 * @returns `linux/amd64 (sha256:0123456789ab…), linux/arm64 (…)`, or `no images`.
 */
export function describePlatforms(platforms: Readonly<Record<string, string>>): string {
  const entries = Object.entries(platforms);
  if (entries.length === 0) return "no images";
  return entries.map(([platform, digest]) => `${platform} (${shorten(digest)})`).join(", ");
}

function shorten(digest: string): string {
  const [algorithm, hex = ""] = digest.split(":");
  return `${algorithm}:${hex.slice(0, 12)}…`;
}
