import { isDeepStrictEqual } from "node:util";
import type { Context } from "../context";
import { labelOthers, listedManifests } from "../drift/listedManifests";
import { isNotKnownYet } from "../process/plannedRepository";
import { refuseOtherConnection } from "../properties/connectionConflict";
import { withInputPath } from "../properties/inputPath";
import { repositoryName, type Target } from "../properties/target";
import { computeReferrers } from "../referrers/computeReferrers";
import type { Declared, Planned } from "../tagged/declared";
import { assertImportable } from "./azureImporter";
import { copiedContent, type DeclaredImport, type ImportInputs } from "./inputs";
import { observeSource } from "./observeSource";
import { planImport } from "./plan";
import { type ImportResults, unknownCopy } from "./results";

/**
 * Computes the copy. When the source did not move and nothing else changed, the results are the recorded ones, without a further
 * request.
 * @param recorded - the copy as it was last checked in the same repository.
 * @throws ERR_INPUT_INVALID and the other codes of planning, each with the input's path.
 */
export async function compute(
  context: Context,
  { inputs: declared, target }: Declared<DeclaredImport>,
  recorded: Planned<DeclaredImport, ImportResults> | undefined,
): Promise<ImportResults> {
  const inputs = declared?.copy;
  if (inputs === undefined) return unknownCopy(declared?.pinnedDigest);
  if (target) refuseOtherConnection(target, "source.registry", inputs.location);
  if (isNotKnownYet(context, inputs.location)) return unknownCopy();
  const last = recorded?.inputs?.copy;
  const isUnchanged = last !== undefined && isDeepStrictEqual(copiedContent(last), copiedContent(inputs));
  const unchanged = isUnchanged ? recorded?.results : undefined;
  const lastDigest = last?.image === inputs.image ? recorded?.results.sourceDigest : undefined;
  const sourceDigest = await observeSource(context, inputs, lastDigest, isUnchanged);
  const results =
    unchanged && unchanged.sourceDigest === sourceDigest
      ? unchanged
      : await plannedResults(context, inputs, target, sourceDigest);
  const copied = Object.values(listedManifests(results));
  const subjects = inputs.platforms ? copied : [...new Set([String(results.digest), ...copied])];
  const { location: source, copyReferrers } = inputs;
  const wanted = { source, target, subjects, copyReferrers };
  return { ...results, referrers: await computeReferrers(context, wanted, unchanged?.referrers) };
}

async function plannedResults(
  context: Context,
  inputs: ImportInputs,
  target: Target | undefined,
  sourceDigest: string | undefined,
): Promise<Omit<ImportResults, "referrers">> {
  const plan = await withInputPath("source.image", false, () => planImport(context, inputs, sourceDigest));
  if (target) {
    assertImportable(plan.tree, target);
    context.plan.contents.offer(repositoryName(target), plan.content);
    context.plan.contents.copied(repositoryName(target), plan.tree.source);
  }
  for (const note of plan.notes) context.warn(note);
  const { digest, mediaType, size: manifestSize } = plan.content.descriptor;
  const { platforms, tree, sourceDigest: found } = plan;
  const otherManifests = labelOthers(tree.manifests, platforms);
  return { digest, mediaType, manifestSize, platforms, otherManifests, sourceDigest: found };
}
