import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import { formatPlatform } from "../../oci/platform";
import type { Context } from "../context";
import { labelOthers } from "../drift/listedManifests";
import { repositoryName, type Target } from "../properties/target";
import type { Declared, Planned } from "../tagged/declared";
import { isOutOfReach } from "../tagged/tagCheck";
import { allChildTags } from "./childTag";
import type { ResolvedImages } from "./images";
import type { IndexInputs } from "./inputs";
import { type IndexPlan, planIndex } from "./plan";
import { warnOfPolicies } from "./policyWarnings";
import { type IndexResults, unknownIndex } from "./results";
import { observeSources } from "./sources";

/**
 * Computes the index. When no reference moved and nothing else changed, the results are the recorded ones, without a further request.
 * @param recorded - the index as it was last checked in the same repository.
 * @throws ERR_INPUT_INVALID and the other codes of planning, each with the input's path.
 */
export async function compute(
  context: Context,
  declared: Declared<IndexInputs>,
  recorded: Planned<IndexInputs, IndexResults> | undefined,
): Promise<IndexResults> {
  const { inputs, target } = declared;
  if (inputs === undefined) return unknownIndex;
  const unchanged = recorded && isSameDeclaration(recorded, declared) ? recorded.results : undefined;
  const lastSources = recorded?.results.sources ?? {};
  const sources = await observeSources(context, inputs, target, lastSources).catch((error: unknown) => {
    if (unchanged === undefined || !isOutOfReach(error)) throw error;
    context.warn(`drift not checked: ${messageOf(error)}`);
    return unchanged.sources;
  });
  // Without references, planning costs no request; a refresh that found another index has forgotten them.
  const hasSources = Object.keys(sources).length > 0;
  if (unchanged && hasSources && isDeepStrictEqual(unchanged.sources, sources)) return unchanged;
  const plan = await planIndex(context, inputs, target, sources);
  if (!("index" in plan)) {
    const { images } = plan;
    return { ...unknownIndex, platforms: partialPlatforms(images, inputs), sources: images.sources };
  }
  for (const note of [...plan.index.warnings, ...plan.index.notes]) context.warn(note);
  if (target !== undefined) {
    await warnOfPolicies(context, { target, inputs, behaviour: declared.behaviour }, plan.index.manifests);
    offerIndex(context, target, plan);
  }
  return resultsOf(declared, inputs, plan);
}

function resultsOf(declared: Declared<IndexInputs>, inputs: IndexInputs, { index, images }: IndexPlan): IndexResults {
  const { digest, mediaType, size: manifestSize } = index.descriptor;
  const { platforms, manifests } = index;
  const { sources } = images;
  const childTags = childTagsOf(declared, inputs, manifests);
  return {
    digest,
    mediaType,
    manifestSize,
    platforms,
    otherManifests: labelOthers(manifests, platforms),
    sources,
    childTags,
  };
}

/** Lets the program's other resources read the index before it is pushed. */
function offerIndex({ plan: { contents } }: Context, target: Target, { index, images }: IndexPlan): void {
  const place = repositoryName(target);
  contents.offer(place, index);
  for (const { source } of images.entries)
    if (source && repositoryName(source) !== place) contents.copied(place, source);
}

/** The tags of the children, where `childTag` asks for any; `undefined` while they are not known. */
function childTagsOf(
  { tags, areAllTagsKnown }: Declared<IndexInputs>,
  { childTag }: IndexInputs,
  children: readonly Descriptor[],
): IndexResults["childTags"] {
  if (childTag === undefined) return {};
  return childTag.isKnown && areAllTagsKnown ? allChildTags(childTag.template, tags, children) : undefined;
}

/** Whether the program says the same as before of everything that decides the index and its children's tags. */
function isSameDeclaration(recorded: Declared<IndexInputs>, declared: Declared<IndexInputs>): boolean {
  const hasSameTags = declared.inputs?.childTag === undefined || isDeepStrictEqual(recorded.tags, declared.tags);
  return hasSameTags && isDeepStrictEqual(recorded.inputs, declared.inputs);
}

/**
 * The platforms of the known images, and those of which only the platform is known. As long as an image's platform is not known
 * either, it may be any.
 */
function partialPlatforms({ entries, unknown }: ResolvedImages, { images }: IndexInputs): IndexResults["platforms"] {
  const pending = unknown.map((position) => images[position]?.platform);
  if (pending.includes(undefined)) return undefined;
  const known = entries.flatMap(({ descriptor: { platform, digest } }) =>
    platform ? [[formatPlatform(platform), digest] as const] : [],
  );
  const unknownDigests = pending.map((platform) => [platform ? formatPlatform(platform) : "", undefined] as const);
  return Object.fromEntries([...unknownDigests, ...known]);
}
