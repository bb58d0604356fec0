import { isDigest } from "../../oci/digest";
import type { Context } from "../context";
import { isNotKnownYet } from "../process/plannedRepository";
import { withInputPath } from "../properties/inputPath";
import { inputError } from "../properties/readers";
import type { Target } from "../properties/target";
import type { ResolvedEntry, ResolvedInput } from "./entry";
import { describe } from "./entry";
import type { DescribedImage, ImageInput, IndexInputs } from "./inputs";
import { resolveReference } from "./referencedImage";
import { locate, placeOf } from "./sourceReference";

/** All of `images`, resolved. */
export interface ResolvedImages extends ResolvedInput {
  /** Positions of the images that are not known yet. */
  readonly unknown: readonly number[];
}

/**
 * Finds out what every declared image is: its descriptor with the platform that its config tells.
 * @param target - the index's own repository; `undefined` while it is not known.
 * @param pins - digests that references are already known to point at: then the reference is not looked at again.
 * @throws ERR_INPUT_INVALID, ERR_PLATFORM_MISMATCH, ERR_PLATFORM_MISSING, ERR_NOT_FOUND, each with the image's path.
 */
export async function resolveImages(
  context: Context,
  index: IndexInputs,
  target: Target | undefined,
  pins: Readonly<Record<string, string>>,
): Promise<ResolvedImages> {
  const resolving = index.images.map(async (image) => resolveImage(context, index, image, target, pins));
  // Report the first error in declaration order, not in arrival order.
  await Promise.allSettled(resolving);
  const resolved = await Promise.all(resolving);
  const known = resolved.filter((image) => image !== undefined);
  return {
    entries: known.flatMap(({ entries }) => entries),
    sources: Object.assign({}, ...known.map(({ sources }) => sources)),
    unknown: resolved.flatMap((image, position) => (image === undefined ? [position] : [])),
  };
}

async function resolveImage(
  context: Context,
  index: IndexInputs,
  image: ImageInput,
  target: Target | undefined,
  pins: Readonly<Record<string, string>>,
): Promise<ResolvedInput | undefined> {
  if ("isUnknown" in image) return undefined;
  if ("descriptor" in image) {
    return { entries: describedEntries(image, index, placeOf(target, index.sourceRegistries)), sources: {} };
  }
  const located = locate(image, target, index.sourceRegistries);
  if (located === undefined || isNotKnownYet(context, { ...located.source, ...located })) return undefined;
  if (index.pinSources && !isDigest(located.tagOrDigest)) {
    throw inputError(
      image.path,
      `${image.reference} is a tag, but pinSources asks for digests; write @sha256:… instead`,
    );
  }
  return withInputPath(image.path, false, () =>
    resolveReference(context, index, image, located, pins[image.reference]),
  );
}

function describedEntries(
  image: DescribedImage,
  index: IndexInputs,
  place: ReturnType<typeof placeOf>,
): readonly ResolvedEntry[] {
  const { path, descriptor } = image;
  const source = image.source && place(image.source.address, image.source.repository);
  const attestations = index.attestations === "keep" ? image.attestations : [];
  const own = describe(image, descriptor, descriptor.platform);
  return [own, ...attestations].map((entry) => ({ path, source, descriptor: entry }));
}
