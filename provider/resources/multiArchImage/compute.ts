import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import { formatPlatform } from "../../oci/platform";
import type { Context } from "../context";
import { otherManifests } from "../drift/listedManifests";
import { type PropertyBag, pick } from "../properties/bag";
import { parsePlatformInput } from "../properties/platformInput";
import { isBag, list, stringMap } from "../properties/readers";
import { parseTags } from "../properties/tagInputs";
import { repositoryName, type Target } from "../properties/target";
import { containsUnknown, unknownValue } from "../properties/unknown";
import { isOutOfReach } from "../tagged/tagCheck";
import { allChildTags, parseChildTag } from "./childTag";
import type { ResolvedImages } from "./images";
import { indexInputNames, parseIndexInputs } from "./inputs";
import { type IndexPlan, planIndex } from "./plan";
import { warnOfPolicies } from "./policyWarnings";
import { lookAtSources } from "./sources";

/** The names that {@link compute} adds to the inputs. */
export const computed = ["digest", "mediaType", "size", "platforms", "otherManifests", "sources", "childTags"];

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
  const { sources } = plan.images;
  const sourced = Object.keys(sources).length > 0 ? { sources } : {};
  if (!("index" in plan)) return { ...nothingKnown, platforms: partialPlatforms(plan.images, inputs), ...sourced };
  for (const note of [...plan.index.warnings, ...plan.index.notes]) context.warn(note);
  if (target !== undefined) await warnOfPolicies(context, target, inputs, plan.index.manifests);
  if (target !== undefined) offerIndex(context, target, plan);
  const { descriptor, platforms } = plan.index;
  const { digest, mediaType, size } = descriptor;
  const children = childTagsOf(inputs, plan.index.manifests);
  return { digest, mediaType, size, platforms, ...otherManifests(plan.index), ...sourced, ...children };
}

/** Lets the program's other resources read the index before it is pushed. */
function offerIndex({ plan: { contents } }: Context, target: Target, { index, images }: IndexPlan): void {
  const place = repositoryName(target);
  contents.offer(place, index);
  for (const { source } of images.entries)
    if (source && repositoryName(source) !== place) contents.copied(place, source);
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

/**
 * The platforms of the known images, and the mark for those of which only the platform is known. As long as an image's platform
 * is not known either, it may be any.
 */
function partialPlatforms({ entries, unknown }: ResolvedImages, inputs: PropertyBag): unknown {
  const declared = list(inputs, "images");
  const pending = unknown.map((position) => declaredPlatform(declared[position]));
  if (pending.includes(undefined)) return unknownValue;
  const known = entries.flatMap(({ descriptor: { platform, digest } }) =>
    platform ? [[formatPlatform(platform), digest] as const] : [],
  );
  return Object.fromEntries([...pending.map((platform) => [platform, unknownValue] as const), ...known]);
}

/** The platform that the program declares for an image, in normal form; `undefined` where it declares none, or it is not known. */
function declaredPlatform(image: unknown): string | undefined {
  if (!isBag(image)) return undefined;
  const described = isBag(image["image"]) ? image["image"] : image;
  const { descriptor } = described;
  const platform = image["platform"] ?? (isBag(descriptor) ? descriptor["platform"] : undefined);
  return platform === undefined || containsUnknown(platform)
    ? undefined
    : formatPlatform(parsePlatformInput(platform, "platform"));
}
