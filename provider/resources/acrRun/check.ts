import { posix } from "node:path";
import { messageOf } from "../../errors";
import { lookAtBuildContext } from "../../sources/buildContext";
import type { Context } from "../context";
import type { CheckResult } from "../lifecycle";
import { omit, type PropertyBag } from "../properties/bag";
import { withInputPath } from "../properties/inputPath";
import { inputError, memberPath } from "../properties/readers";
import { parseTagBehaviour } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import { canonicalRegistry, parseTarget, repositoryName, sameTarget } from "../properties/target";
import { isUnknown, unknownValue } from "../properties/unknown";
import { conflict, isHidden, isOutOfReach } from "../tagged/tagCheck";
import { ownerOf, wantTags } from "../tagged/wantedNames";
import {
  carriesSecret,
  dockerfilesOf,
  isRemote,
  parseImages,
  parseRunInputs,
  type RunInputs,
  registryIdOf,
} from "./inputs";

const computed = ["contextDigest", "sourceLocation"];
const secretProblem =
  "its URL carries a secret, which would stand in the state. Check it out, and give the folder, which is uploaded.";
const dropped = new Set(["drift", ...computed]);

/**
 * Checks a run: reads the source, so that preview tells whether it has to run again, and looks at its tags. Nothing is built.
 * @throws ERR_INPUT_INVALID, ERR_SOURCE_UNAVAILABLE; ERR_TAG_CONFLICT for a tag that somebody else holds.
 */
export async function check(context: Context, given: PropertyBag, news: PropertyBag): Promise<CheckResult> {
  const olds = context.plan.checked(context.resource, given);
  context.plan.names.forget(ownerOf(context));
  refuseHeldResults(news);
  const declared = omit(news, dropped);
  const target = parseTarget(declared);
  if (target) {
    registryIdOf(target);
    context.plan.placed(context.resource, target);
  }
  const inputs = { ...declared, ...canonicalRegistry(declared, target) };
  const run = parseRunInputs(inputs);
  const source = run ? await lookAtSource(context, run) : { contextDigest: unknownValue };
  const drift = target && run ? await lookAtTags(context, inputs, target, recordedTags(olds, inputs)) : {};
  const drifted = Object.keys(drift).length > 0 ? { drift } : {};
  return { inputs: { ...inputs, ...source, ...drifted }, failures: [] };
}

function refuseHeldResults(news: PropertyBag): void {
  const held = computed.find((name) => news[name] !== undefined);
  if (held !== undefined)
    throw inputError(
      held,
      'it is worked out, so ignoreChanges cannot hold it. Write ignoreChanges: ["source"] instead.',
    );
}

/** What a run of another time had of the same source; of a URL, nobody can tell whether its content is the same. */
async function lookAtSource(context: Context, run: RunInputs): Promise<PropertyBag> {
  const { source, images } = run;
  if (isRemote(source)) {
    if (carriesSecret(source)) throw inputError("source", secretProblem);
    return { sourceLocation: source };
  }
  const { digest, names } = await lookAtBuildContext(source, dockerfilesOf(run), context.directory);
  for (const { platform, dockerfile } of images) {
    if (dockerfile !== undefined && !names.has(posix.normalize(dockerfile)))
      throw inputError(memberPath("platforms", platform), `there is no ${dockerfile} in ${source}`);
  }
  return { contextDigest: digest };
}

/** The tags that the last run was to push; `undefined` for a run that was never made there. */
function recordedTags(olds: PropertyBag, inputs: PropertyBag): readonly string[] | undefined {
  if (Object.keys(olds).length === 0 || !sameTarget(olds, inputs) || isUnknown(olds["images"])) return undefined;
  return parseImages(olds).map(({ tag }) => tag);
}

/** Our own tags that are gone have to be built again; those of others must not be taken. */
async function lookAtTags(
  context: Context,
  inputs: PropertyBag,
  target: Target,
  recorded: readonly string[] | undefined,
): Promise<Readonly<Record<string, string>>> {
  const { onConflict, reconcile } = parseTagBehaviour(inputs);
  const tags = parseImages(inputs).map(({ tag }) => tag);
  wantTags(context, target, tags, "images");
  const repository = context.registry(target.connection).repository(target.repository);
  const look = async (tag: string): Promise<readonly [string, string][]> => {
    const isRecorded = recorded?.includes(tag) ?? false;
    if (isRecorded ? reconcile === "onRefresh" : onConflict === "overwrite") return [];
    const lookAt = () => (isRecorded ? repository.headManifest(tag) : repository.lookForManifest(tag));
    const held = await withInputPath("registry", true, lookAt).catch((error: unknown) => {
      if (isRecorded ? !isOutOfReach(error) : !isHidden(error)) throw error;
      context.warn(`${repositoryName(target)}:${tag} was not looked at: ${messageOf(error)}`);
      return "unseen" as const;
    });
    if (held === "unseen") return [];
    context.tagSnapshots.record(repositoryName(target), tag, held);
    if (isRecorded) return held === undefined ? [[tag, "gone"]] : [];
    if (held !== undefined && recorded === undefined) throw await conflict(repository, tag, held.digest, "images: ");
    return [];
  };
  return Object.fromEntries((await Promise.all(tags.map(look))).flat());
}
