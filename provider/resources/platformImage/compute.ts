import { type ImageLocation, locateImage } from "../../sources/imageReference";
import type { ResolvedImage, Source } from "../../sources/source";
import type { Context } from "../context";
import { isNotKnownYet } from "../process/plannedRepository";
import { repositoryAt } from "../process/repositoryAt";
import { refuseOtherConnection } from "../properties/connectionConflict";
import { withInputPath } from "../properties/inputPath";
import { repositoryName, type Target } from "../properties/target";
import type { Declared, Planned } from "../tagged/declared";
import { describeAttestations, describeImage } from "./describe";
import type { DeclaredImage } from "./inputs";
import { isSourceMissing, notKept } from "./keptImage";
import { checkPlatform } from "./platformCheck";
import { resolveImage } from "./resolveImage";
import { type ImageResults, unknownImage } from "./results";
import { referrersOfSource } from "./sourceReferrers";

/**
 * Computes the descriptor, the attestations' descriptors and all referrers of the image that its source gives now.
 * @throws ERR_INPUT_INVALID, ERR_PLATFORM_MISMATCH, ERR_SOURCE_UNAVAILABLE and what the source throws.
 */
export async function compute(
  context: Context,
  { inputs: declared, target }: Declared<DeclaredImage>,
  recorded: Planned<DeclaredImage, ImageResults> | undefined,
): Promise<ImageResults> {
  const inputs = declared?.image;
  if (inputs && target) refuseOtherWays(inputs.source, target);
  if (inputs === undefined || locationsOf(inputs.source).some((location) => isNotKnownYet(context, location)))
    return unknownImage(declared?.platform);
  try {
    const image = await withInputPath("source", false, () => resolveImage(context, inputs));
    checkPlatform(inputs, image);
    if (target) offerImage(context, target, inputs.source, image);
    const descriptor = describeImage(inputs, image);
    const { digest } = descriptor;
    const unchanged = recorded?.results.digest === digest ? recorded.results.referrers : undefined;
    const referrers = await referrersOfSource(context, { source: inputs.source, target, image }, unchanged);
    const { platform } = inputs;
    return { digest, platform, descriptor, attestations: describeAttestations(image), referrers };
  } catch (error) {
    if (inputs.ifSourceMissing === "fail" || !isSourceMissing(error)) throw error;
    return kept(context, target, recorded?.results, error);
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
  recorded: ImageResults | undefined,
  missing: Error,
): Promise<ImageResults> {
  if (recorded?.digest === undefined || target === undefined) throw missing;
  if (await repositoryAt(context, target).headManifest(recorded.digest)) return recorded;
  throw notKept(target, recorded.digest, missing);
}
