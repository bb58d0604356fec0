import { hasCode, ProviderError } from "../../errors";
import { indexTree } from "../../sources/indexTree";
import { repositoryStore } from "../../sources/repositoryManifest";
import type { Context } from "../context";
import { emptyTarget, foundAbsent, type TargetState } from "../copy/copyManifests";
import { assertUnmoved } from "../copy/plannedSource";
import { tidyTags } from "../deletion/tidy";
import type { Live } from "../lifecycle";
import type { PropertyBag } from "../properties/bag";
import { inputError } from "../properties/readers";
import { knownTags, parseTagBehaviour, parseTags, recordsPushed } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import { knownTarget } from "../properties/target";
import { copyListedReferrers } from "../referrers/copyReferrers";
import type { TaggedManifest } from "../tagged/putTagged";
import { isUnderATag, putTagged } from "../tagged/putTagged";
import { type Previous, type ResourceRecord, recordOutputs, withPushed } from "../tagged/resourceRecord";
import type { WriteProgress } from "../tagged/writeProgress";
import { stepFailure } from "../tagged/writeProgress";
import { azureCopy } from "./azureCopy";
import { azureTags } from "./azureTags";
import { harmedManifests, namedManifests } from "./children";
import { parseImportInputs } from "./inputs";
import type { ImportPlan } from "./plan";
import { planImport } from "./plan";

/** One writing, with everything that its steps share. */
interface Writing extends TaggedManifest, Pick<ImportPlan, "content" | "tree"> {
  readonly inputs: PropertyBag;
}

/**
 * Writes the copy that checked inputs ask for: everything that the manifest lists, the manifest under each tag; then ends the
 * management of tags that are no longer listed.
 * @throws PartialFailure when some of it was done; another error when nothing was.
 */
export async function writeImport(
  context: Context,
  id: string,
  previous: Previous,
  inputs: PropertyBag,
): Promise<Live> {
  const writing = await prepare(context, inputs);
  const { target, tree, tags } = writing;
  const repair = async () => {
    const { failures } = await azureCopy.copy(context, tree, target, emptyTarget);
    if (failures.length > 0) throw failures[0];
  };
  const content = await copyContent(writing, previous);
  const step =
    content.failures.length > 0
      ? content
      : await putTagged(writing, content.record, repair).catch((error: unknown) => ({ ...content, failures: [error] }));
  const fail = (failed: WriteProgress) =>
    stepFailure(id, previous, failed, tags, (record) => stateAfter(writing, record));
  if (step.failures.length > 0) throw fail(step);
  try {
    const wanted = [...tags, ...Object.keys(knownTags(inputs["referrerTags"]))];
    return { id, state: stateAfter(writing, await tidyTags(writing, step.record, wanted)) };
  } catch (error) {
    throw fail({ ...step, failures: [error] });
  }
}

/** Brings all that the manifest lists, and then what refers to it. */
async function copyContent(writing: Writing, previous: Previous): Promise<WriteProgress> {
  const { context, inputs, target, tree, behaviour } = writing;
  const targetState = targetStateOf(writing, previous.state);
  const content = await azureCopy.copy(context, tree, target, targetState);
  const record = withPushed(previous.record, foundAbsent(content, targetState));
  const isBegun = content.written.length > 0;
  const step = { record, failures: content.failures, isWritten: false, isBegun, subjectHandled: false };
  if (step.failures.length > 0) return step;
  const { source } = tree;
  const { onConflict } = behaviour;
  const write = {
    source,
    target,
    inputs,
    previous: { ...previous, record },
    onConflict,
    strategy: azureCopy,
    targetState,
  };
  const referrers = await copyListedReferrers(context, write).catch((error: unknown) => {
    return { record, failures: [error], isBegun: false };
  });
  return { ...step, ...referrers, isBegun: isBegun || referrers.isBegun };
}

/** What is there in all likelihood is looked at before it is brought again: that costs less, and disturbs no reader. */
function targetStateOf(writing: Writing, state: PropertyBag): TargetState {
  const { content, tree } = writing;
  const planned = isUnderATag(writing) ? [...tree.manifests, content.descriptor].map(({ digest }) => digest) : [];
  const listed = new Set([...Object.values(namedManifests(state)), ...planned]);
  const harmed = harmedManifests(state);
  return {
    mayHave: (digest) => recordsPushed(writing.behaviour) || listed.has(digest),
    isHarmed: (digest) => harmed.has(digest),
  };
}

/** Works out once more what checked inputs ask for. @throws ERR_DIGEST_MISMATCH when it is no longer what `check` said. */
async function prepare(context: Context, inputs: PropertyBag): Promise<Writing> {
  const target = knownTarget(inputs);
  const { content, tree } = await plannedImport(context, target, inputs);
  const writer = azureTags(context, tree, target);
  return {
    context,
    target,
    inputs,
    content,
    tree,
    tags: parseTags(inputs),
    behaviour: parseTagBehaviour(inputs),
    ...(writer && { writer }),
  };
}

async function plannedImport(
  context: Context,
  target: Target,
  inputs: PropertyBag,
): Promise<Pick<ImportPlan, "content" | "tree">> {
  const parsed = parseImportInputs(inputs);
  if (parsed === undefined) throw inputError("source", "it is not known yet, so nothing can be copied");
  const planned = String(inputs["digest"]);
  const sourceDigest = String(inputs["sourceDigest"]);
  const { location: source, follow } = parsed;
  const { tagOrDigest } = source;
  if (follow) await assertUnmoved(context, { path: "source.image", source, tagOrDigest, digest: sourceDigest });
  try {
    const plan = await planImport(context, parsed, sourceDigest);
    const { digest } = plan.content.descriptor;
    if (digest === planned) return plan;
    throw new ProviderError(
      "ERR_DIGEST_MISMATCH",
      `the copy would be ${digest}, but ${planned} was planned. Nothing was written; run \`pulumi up\` again.`,
      { expected: planned, actual: digest },
    );
  } catch (error) {
    const there = hasCode(error, "ERR_NOT_FOUND") && (await planFromCopy(context, target, planned));
    if (!there) throw error;
    return there;
  }
}

/** When the source is gone, what was copied is all that is needed. */
async function planFromCopy(
  context: Context,
  target: Target,
  digest: string,
): Promise<Pick<ImportPlan, "content" | "tree"> | undefined> {
  const repository = context.registry(target.connection).repository(target.repository);
  const content = await repository.getManifest(digest);
  if (content === undefined) return undefined;
  const manifests = (await indexTree(repositoryStore(repository, content), [content.descriptor])).slice(0, -1);
  return { content, tree: { source: target, root: content, manifests } };
}

function stateAfter({ inputs, content, tags }: Writing, record: ResourceRecord): PropertyBag {
  const { drift: _, ...lasting } = inputs;
  return { ...lasting, manifest: new TextDecoder().decode(content.bytes), ...recordOutputs(record, tags) };
}
