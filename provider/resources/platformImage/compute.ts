import { type ImageLocation, locateImage } from "../../sources/imageReference";
import type { ResolvedImage, Source } from "../../sources/source";
import type { Context } from "../context";
import { isNotKnownYet } from "../process/plannedRepository";
import type { PropertyBag } from "../properties/bag";
import { refuseOtherConnection } from "../properties/connectionConflict";
import { blaming } from "../properties/inputPath";
import { repositoryName, type Target } from "../properties/target";
import { unknownValue } from "../properties/unknown";
import { referrerInputs, referrerNames, referrersOf } from "../referrers/referrers";
import { describeAttestations, describeImage } from "./describe";
import { parseDeclaredPlatform, parseImageInputs } from "./inputs";
import { isSourceMissing, notKept } from "./keptImage";
import { checkPlatform } from "./platformCheck";
import { resolveImage } from "./resolveImage";
import { referrersOfSource } from "./sourceReferrers";

/** The names that {@link compute} adds to the inputs. */
export const computed = ["descriptor", "digest", "attestationManifests", ...referrerNames];

/**
 * The computed inputs: descriptor, digest, the attestations' descriptors and what refers to all of them, with the engine's mark while the source is not known.
 * @param target - `undefined` while it is not known.
 * @param recorded - the last checked inputs, when they speak of the same repository.
 * @throws ERR_INPUT_INVALID, ERR_PLATFORM_MISMATCH, ERR_SOURCE_UNAVAILABLE and what the source throws.
 */
export async function compute(
  context: Context,
  bag: PropertyBag,
  target: Target | undefined,
  recorded: PropertyBag | undefined,
): Promise<PropertyBag> {
  const inputs = parseImageInputs(bag);
  if (inputs && target) refuseOtherWays(inputs.source, target);
  if (inputs === undefined || locationsOf(inputs.source).some((location) => isNotKnownYet(context, location)))
    return unknownImage(bag);
  try {
    const image = await blaming("source", false, () => resolveImage(context, inputs));
    checkPlatform(inputs, image);
    if (target) offerImage(context, target, inputs.source, image);
    const descriptor = describeImage(inputs, image);
    const { digest } = descriptor;
    const unchanged = recorded?.["digest"] === digest ? recorded : undefined;
    const referrers = await referrersOfSource(context, inputs, target, image, unchanged);
    return { descriptor, digest, attestationManifests: describeAttestations(image), ...referrers };
  } catch (error) {
    if (inputs.ifSourceMissing === "fail" || !isSourceMissing(error)) throw error;
    return kept(context, target, recorded, error);
  }
}

/** The images of registries that a source is made of. */
function locationsOf(source: Source): readonly ImageLocation[] {
  if ("image" in source) return [locateImage(source)];
  const { base } = "files" in source ? source : {};
  if (base === undefined || (typeof base === "object" && "ociLayout" in base)) return [];
  return [locateImage(typeof base === "string" ? { image: base } : base)];
}

function refuseOtherWays(source: Source, target: Target): void {
  const path = "image" in source ? "source.registry" : "source.base.registry";
  for (const location of locationsOf(source)) refuseOtherConnection(target, path, location);
}

/** Lets the program's other resources read the image before it is pushed. */
function offerImage({ plan: { contents } }: Context, target: Target, source: Source, image: ResolvedImage): void {
  const place = repositoryName(target);
  for (const { manifest, blobs } of [image, ...image.attestations])
    contents.offer(
      place,
      manifest,
      blobs.filter(({ location }) => location === undefined),
    );
  for (const { connection, repository } of locationsOf(source)) contents.copied(place, { connection, repository });
}

/** The recorded image, when the registry still has it: what `ifSourceMissing: "keep"` asks for. */
async function kept(
  context: Context,
  target: Target | undefined,
  recorded: PropertyBag | undefined,
  missing: Error,
): Promise<PropertyBag> {
  if (recorded === undefined || target === undefined) throw missing;
  const { descriptor, digest, attestationManifests } = recorded;
  const referrers = referrerInputs(referrersOf(recorded));
  const found = await context.registry(target.connection).repository(target.repository).headManifest(String(digest));
  if (found) return { descriptor, digest, attestationManifests, ...referrers };
  throw notKept(target, String(digest), missing);
}

function unknownImage(declared: PropertyBag): PropertyBag {
  const platform = parseDeclaredPlatform(declared) ?? unknownValue;
  const descriptor = { mediaType: unknownValue, digest: unknownValue, size: unknownValue, platform };
  return { descriptor, digest: unknownValue, attestationManifests: unknownValue };
}
