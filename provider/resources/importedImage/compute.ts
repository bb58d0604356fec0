import { isDeepStrictEqual } from "node:util";
import type { Context } from "../context";
import { listedManifests, otherManifests } from "../drift/listedManifests";
import { isNotKnownYet } from "../process/plannedRepository";
import { omit, type PropertyBag, pick } from "../properties/bag";
import { refuseOtherConnection } from "../properties/connectionConflict";
import { blaming } from "../properties/inputPath";
import { repositoryName, type Target } from "../properties/target";
import { unknownValue } from "../properties/unknown";
import { computeReferrers } from "../referrers/computeReferrers";
import { referrerNames } from "../referrers/referrers";
import { assertImportable } from "./azureImporter";
import type { ImportInputs } from "./inputs";
import { declarationOf, parseImportInputs, pinnedDigest } from "./inputs";
import { lookAtSource } from "./look";
import { planImport } from "./plan";

/** The names that {@link compute} adds to the inputs. */
export const computed = [
  "digest",
  "mediaType",
  "size",
  "platforms",
  "otherManifests",
  "sourceDigest",
  ...referrerNames,
];

/**
 * The computed inputs: digest, mediaType, size, platforms, what has none, and what the source's reference points
 * at, with the engine's mark while the source is not known. When the source did not move and nothing else changed, they are
 * the recorded ones, without a further request.
 * @param recorded - the last checked inputs, when they speak of the same repository.
 * @throws ERR_INPUT_INVALID and the other codes of planning, each with the input's path.
 */
export async function compute(
  context: Context,
  bag: PropertyBag,
  target: Target | undefined,
  recorded: PropertyBag | undefined,
): Promise<PropertyBag> {
  const inputs = parseImportInputs(bag);
  if (inputs === undefined) return withDigest(pinnedDigest(bag));
  if (target) refuseOtherConnection(target, "source.registry", inputs.location);
  if (isNotKnownYet(context, inputs.location)) return withDigest();
  const unchanged = recorded && isDeepStrictEqual(declarationOf(recorded), declarationOf(bag)) ? recorded : undefined;
  const sourceDigest = await lookAtSource(context, inputs, recorded, unchanged !== undefined);
  const results =
    unchanged && unchanged["sourceDigest"] === sourceDigest
      ? omit(pick(unchanged, new Set(computed)), new Set(referrerNames))
      : await plannedResults(context, inputs, target, sourceDigest);
  const copied = Object.values(listedManifests(results));
  const subjects = inputs.platforms ? copied : [...new Set([String(results["digest"]), ...copied])];
  const { location: home, copyReferrers } = inputs;
  return { ...results, ...(await computeReferrers(context, { home, target, subjects, copyReferrers }, unchanged)) };
}

async function plannedResults(
  context: Context,
  inputs: ImportInputs,
  target: Target | undefined,
  sourceDigest: string | undefined,
): Promise<PropertyBag> {
  const plan = await blaming("source.image", false, () => planImport(context, inputs, sourceDigest));
  if (target) {
    assertImportable(plan.tree, target);
    context.plan.contents.offer(repositoryName(target), plan.content);
    context.plan.contents.copied(repositoryName(target), plan.tree.home);
  }
  for (const note of plan.notes) context.warn(note);
  const { digest, mediaType, size } = plan.content.descriptor;
  const { platforms, tree, sourceDigest: found } = plan;
  const listed = otherManifests({ manifests: tree.manifests, platforms });
  return { digest, mediaType, size, platforms, ...listed, sourceDigest: found };
}

/** What can be told of a source that is not known, or that nobody can reach yet. */
function withDigest(pinned: string = unknownValue): PropertyBag {
  const unknown = { mediaType: unknownValue, size: unknownValue, platforms: unknownValue };
  return { digest: pinned, ...unknown, sourceDigest: pinned };
}
