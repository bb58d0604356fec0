import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import { formatPlatform } from "../../oci/platform";
import { type PropertyBag, pick } from "../bag";
import type { Context } from "../context";
import { isBag, list, stringMap } from "../inputs";
import { withoutPlatform } from "../listedManifests";
import { parsePlatformInput } from "../platformInput";
import { isOutOfReach } from "../tagCheck";
import { parseTags } from "../tagInputs";
import type { Target } from "../target";
import { containsUnknown, isUnknown, unknownValue } from "../unknown";
import { allChildTags, parseChildTag } from "./childTag";
import type { ResolvedEntry } from "./entry";
import { indexInputNames, parseIndexInputs } from "./inputs";
import { planIndex } from "./plan";
import { warnOfPolicies } from "./policyWarnings";
import { lookAtSources } from "./sources";

/** The names that {@link compute} adds to the inputs. */
export const computed = ["digest", "mediaType", "size", "platforms", "withoutPlatform", "sources", "childTags"];

const nothingKnown = { digest: unknownValue, mediaType: unknownValue, size: unknownValue, platforms: unknownValue };

/**
 * The computed inputs: digest, mediaType, size, platforms, what has none, sources and the children's tags, with the engine's mark
 * in place of what is not known. When no reference moved and nothing else changed, they are the recorded ones, without a further request.
 * @param target - the index's repository; `undefined` while it is not known.
 * @param recorded - the last checked inputs, when they speak of the same repository.
 * @throws ERR_INPUT_INVALID and the other codes of planning, each with the input's path.
 */
export async function compute(
  context: Context,
  inputs: PropertyBag,
  target: Target | undefined,
  recorded: PropertyBag | undefined,
): Promise<PropertyBag> {
  const index = parseIndexInputs(inputs);
  if (index === undefined) return nothingKnown;
  const unchanged = recorded && sameDeclaration(recorded, inputs) ? recorded : undefined;
  const pins = await lookAtSources(context, index, target, recorded).catch((error: unknown) => {
    if (unchanged === undefined || !isOutOfReach(error)) throw error;
    context.warn(`drift not checked: ${messageOf(error)}`);
    return stringMap(unchanged, "sources") ?? {};
  });
  if (unchanged && isDeepStrictEqual(unchanged["sources"], pins)) return pick(unchanged, new Set(computed));
  const plan = await planIndex(context, index, target, pins);
  const { entries, sources } = plan.images;
  const sourced = Object.keys(sources).length > 0 ? { sources } : {};
  if (!("index" in plan)) return { ...nothingKnown, platforms: partialPlatforms(entries, inputs), ...sourced };
  for (const note of [...plan.index.warnings, ...plan.index.notes]) context.warn(note);
  if (target !== undefined) await warnOfPolicies(context, target, inputs, plan.index.manifests);
  const { descriptor, platforms } = plan.index;
  const { digest, mediaType, size } = descriptor;
  const children = childTagsOf(inputs, plan.index.manifests);
  return { digest, mediaType, size, platforms, ...withoutPlatform(plan.index), ...sourced, ...children };
}

/** The tags that the children get, where `childTag` asks for any. */
function childTagsOf(inputs: PropertyBag, children: readonly Descriptor[]): PropertyBag {
  if (inputs["childTag"] === undefined) return {};
  if (containsUnknown([inputs["childTag"], inputs["tags"]])) return { childTags: unknownValue };
  const template = parseChildTag(inputs);
  return template === undefined ? {} : { childTags: allChildTags(template, parseTags(inputs), children) };
}

/** Whether the program says the same as before of everything that decides the index and its children's tags. */
function sameDeclaration(recorded: PropertyBag, inputs: PropertyBag): boolean {
  const named = inputs["childTag"] === undefined ? [] : ["tags"];
  const deciding = new Set(["images", "childTag", ...named, ...indexInputNames]);
  return isDeepStrictEqual(pick(recorded, deciding), pick(inputs, deciding));
}

/** The platforms of the known images, and the mark for those of which only the platform is known. */
function partialPlatforms(entries: readonly ResolvedEntry[], inputs: PropertyBag): PropertyBag {
  const known = entries.flatMap(({ descriptor: { platform, digest } }) =>
    platform ? [[formatPlatform(platform), digest]] : [],
  );
  const unknown = list(inputs, "images").flatMap((image) => (isBag(image) ? unknownPlatform(image) : []));
  return { ...Object.fromEntries(unknown), ...Object.fromEntries(known) };
}

function unknownPlatform(image: PropertyBag): readonly [string, string][] {
  const { descriptor } = image;
  if (!isBag(descriptor) || !isUnknown(descriptor["digest"]) || containsUnknown(descriptor["platform"])) return [];
  return [[formatPlatform(parsePlatformInput(descriptor["platform"], "platform")), unknownValue]];
}
