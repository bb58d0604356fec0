import type { ManifestContent } from "../../distribution/repository";
import { ProviderError } from "../../errors";
import { attestationSubject, isAttestation } from "../../oci/attestation";
import type { Descriptor } from "../../oci/descriptor";
import { buildIndex } from "../../oci/indexBuild";
import { platformOf } from "../../oci/indexPlatforms";
import { parseManifest } from "../../oci/manifest";
import { formatPlatform, type Platform } from "../../oci/platform";
import { matchesPlatform } from "../../oci/platformComparison";
import { describedImage } from "../../sources/describedImage";
import { flattenIndexes } from "../../sources/indexTree";
import type { Store } from "../../sources/store";
import type { CopyPlan } from "../copy/copyPlan";
import type { ImportInputs } from "./inputs";

/** The content that is copied, and the manifest that the tags will name. */
export interface Copy {
  readonly content: ManifestContent;
  readonly tree: Omit<CopyPlan, "source">;
  /** The images among what is copied, with their platforms as far as known. */
  readonly images: readonly Descriptor[];
  /** A sentence for each manifest that is left out, and for each probable mistake. */
  readonly notes: readonly string[];
}

/**
 * Makes a new index over the images of some platforms, in the order in which these are declared, with their attestations. It has
 * the annotations and the artifact type of the source's own; also a single platform gives an index.
 * @param root - the source's index, or its only image.
 * @throws ERR_PLATFORM_MISSING for a platform that the source does not have, ERR_PLATFORM_MISMATCH when an image's config
 * contradicts the index that lists it; what `buildIndex` throws.
 */
export async function selectPlatforms(
  store: Store,
  { image, platforms = [], attestations }: ImportInputs,
  root: ManifestContent,
): Promise<Copy> {
  const where = `source.image: in ${image}`;
  const leaves = await flattenIndexes(store, [root.descriptor]);
  const candidates = await Promise.all(
    leaves
      .filter((leaf) => !isAttestation(leaf))
      .map((leaf) => (leaf.platform ? leaf : describedImage(store, leaf, where))),
  );
  requirePlatforms("platforms", image, platforms, candidates);
  const chosen = platforms.flatMap((pattern) => candidates.filter((candidate) => isFor(pattern, candidate)));
  const images = await Promise.all([...new Set(chosen)].map((candidate) => describedImage(store, candidate, where)));
  const digests = new Set(images.map(({ digest }) => digest));
  const about = leaves.filter((leaf) => attestations === "keep" && digests.has(attestationSubject(leaf) ?? ""));
  const index = buildIndex({
    entries: [...images, ...about].map((descriptor) => ({ descriptor, path: "source.image" })),
    format: "auto",
    ...describedBy(root),
  });
  const content = { descriptor: index.descriptor, bytes: index.bytes };
  return { content, tree: { manifests: index.manifests }, images, notes: [...index.warnings, ...index.notes] };
}

/** Annotations and artifact type of an index. Those of an image do not hold for an index over it. */
function describedBy({ bytes, descriptor }: ManifestContent): Pick<Parameters<typeof buildIndex>[0], "annotations"> {
  const root = parseManifest(bytes, { mediaType: descriptor.mediaType, what: descriptor.digest });
  if (root.kind !== "index") return {};
  const { annotations, artifactType } = root;
  return { ...(annotations && { annotations }), ...(artifactType && { artifactType }) };
}

/**
 * Refuses a source that does not have what is wanted of it.
 * @param path - the input that wants it.
 * @param image - the source's reference.
 * @param patterns - what they leave out matches anything.
 * @throws ERR_PLATFORM_MISSING naming what is missing and what there is.
 */
export function requirePlatforms(
  path: string,
  image: string,
  patterns: readonly Platform[],
  images: readonly Descriptor[],
): void {
  const missing = patterns.filter((pattern) => !images.some((descriptor) => isFor(pattern, descriptor)));
  if (missing.length === 0) return;
  const platform = missing.map(formatPlatform).join(", ");
  const there = images.flatMap((descriptor) => platformOf(descriptor) ?? []).map(formatPlatform);
  const message = `source.image: ${image} has no image for ${platform}, which ${path} asks for; it has ${there.join(", ") || "no image with a platform"}.`;
  throw new ProviderError("ERR_PLATFORM_MISSING", message, { platform });
}

function isFor(pattern: Platform, descriptor: Descriptor): boolean {
  const platform = platformOf(descriptor);
  return platform !== undefined && matchesPlatform(pattern, platform);
}
