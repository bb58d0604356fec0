import { ProviderError } from "../errors";
import { isMediaType } from "./descriptor";
import { parseDigest } from "./digest";
import { isArtifact, platformOf } from "./indexPlatforms";
import type { IndexEntry, IndexSpec } from "./indexSpec";
import { descriptorLimit } from "./manifest";
import { isIndexMediaType } from "./mediaTypes";
import { formatPlatform, type Platform, platformIdentity } from "./platform";
import { isMoreDemanding, matchesPlatform } from "./platformComparison";
import { quote } from "./quote";

/** An image of an index that has a platform. */
interface PlatformEntry {
  readonly platform: Platform;
  readonly entry: IndexEntry;
}

/**
 * Refuses what must not become an index: readers are lenient, writers are not.
 * @param spec - `requiredPlatforms` and `artifactType` are looked at; its entries are not.
 * @param images - the images of the index in their order.
 * @param attestations - its attestations.
 * @throws ERR_INPUT_INVALID for a nested index, for more than 1,000 entries, and for a malformed media or artifact type.
 * @throws ERR_DIGEST_INVALID for an entry whose digest is not of sha256 or sha512.
 * @throws ERR_PLATFORM_DUPLICATE for two images of one platform; exempt are attestations, unknown/unknown and platform-less ones, an
 * artifact beside an image, and entries of one source: an index that lists a platform twice is kept as it is.
 * @throws ERR_PLATFORM_MISSING for a required platform that no image has.
 */
export function checkIndex(spec: IndexSpec, images: readonly IndexEntry[], attestations: readonly IndexEntry[]): void {
  if (spec.artifactType && !isMediaType(spec.artifactType)) {
    throw refused("artifactType", `${quote(spec.artifactType)} is not a media type.`);
  }
  refuseTooMany(images.length + attestations.length);
  for (const entry of [...images, ...attestations]) requireListable(entry);
  const entries = withPlatform(images);
  refuseDuplicates(entries);
  requirePlatforms(spec.requiredPlatforms ?? [], entries);
}

function requireListable({ descriptor, path }: IndexEntry): void {
  const { mediaType, artifactType } = descriptor;
  const digest = parseDigest(descriptor.digest);
  const malformed = [mediaType, ...(artifactType ? [artifactType] : [])].find((type) => !isMediaType(type));
  if (malformed !== undefined) throw refused(path, `the type of ${digest} is ${quote(malformed)}, no media type.`);
  if (!isIndexMediaType(mediaType)) return;
  throw refused(path, `${digest} is itself an index, and an index lists only images. Give its images one by one.`);
}

/**
 * Warns of each image that stands before one which the same machines could run and which asks less of them: a reader that
 * takes the first match gives the demanding one to every machine.
 * @param images - the images of the index in their order.
 * @returns one sentence each.
 */
export function warnOfOrder(images: readonly IndexEntry[]): readonly string[] {
  const entries = withPlatform(images);
  return entries.flatMap((demanding, index) => {
    const baseline = entries.slice(index + 1).find((later) => isMoreDemanding(demanding.platform, later.platform));
    if (baseline === undefined) return [];
    const [first, second] = [describe(demanding), describe(baseline)];
    return [`${first} stands before ${second}: some clients take the first that matches. List the baseline first.`];
  });
}

function withPlatform(images: readonly IndexEntry[]): readonly PlatformEntry[] {
  return images.flatMap((entry) => {
    const platform = platformOf(entry.descriptor);
    return platform === undefined ? [] : [{ platform, entry }];
  });
}

function describe({ platform, entry }: PlatformEntry): string {
  return `${entry.path} (${formatPlatform(platform)})`;
}

function refused(path: string, message: string): ProviderError<"ERR_INPUT_INVALID"> {
  return new ProviderError("ERR_INPUT_INVALID", `${path}: ${message}`, { path });
}

function refuseTooMany(count: number): void {
  if (count <= descriptorLimit) return;
  throw refused(
    "images",
    `the index would list ${count} images and attestations; at most ${descriptorLimit} are written.`,
  );
}

function refuseDuplicates(entries: readonly PlatformEntry[]): void {
  const taken = new Map<string, IndexEntry>();
  for (const { platform, entry } of entries) {
    const identity = `${platformIdentity(platform)} ${isArtifact(entry.descriptor) ? entry.descriptor.artifactType : ""}`;
    const other = taken.get(identity);
    if (other !== undefined && other.path !== entry.path) throw duplicate(formatPlatform(platform), other, entry);
    taken.set(identity, other ?? entry);
  }
}

function duplicate(platform: string, a: IndexEntry, b: IndexEntry): ProviderError<"ERR_PLATFORM_DUPLICATE"> {
  const message =
    `${a.path} and ${b.path} are both for ${platform} (${a.descriptor.digest} and ${b.descriptor.digest}). ` +
    "An index lists one image for each platform: take one of them out, or declare what tells them apart.";
  return new ProviderError("ERR_PLATFORM_DUPLICATE", message, { platform });
}

function requirePlatforms(required: readonly Platform[], entries: readonly PlatformEntry[]): void {
  const missing = required
    .filter((pattern) => !entries.some(({ platform }) => matchesPlatform(pattern, platform)))
    .map(formatPlatform)
    .join(", ");
  if (missing === "") return;
  const there = entries.length === 0 ? "no platform" : entries.map(describe).join(", ");
  const message =
    `requiredPlatforms: no image is for ${missing}; the images are for ${there}. ` +
    "Add the missing ones to images, or take their platforms out of requiredPlatforms.";
  throw new ProviderError("ERR_PLATFORM_MISSING", message, { platform: missing });
}
