import type { ManifestContent, Repository } from "../../distribution/repository";
import { messageOf, ProviderError } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import type { Context } from "../context";
import { stringMap } from "../inputs";
import type { Live, PropertyBag } from "../lifecycle";
import { PartialFailure } from "../lifecycle";
import { isAbsent } from "../manifestPush";
import type { Ownership } from "../ownership";
import { afterPushing, afterWriting, onlyTags, ownershipOf, tagsOf } from "../ownership";
import type { TagBehaviour } from "../tagInputs";
import { parseTagBehaviour } from "../tagInputs";
import { removeTags } from "../tagRemoval";
import type { TagOutcome } from "../tagWrite";
import { putRepairing, writeTags } from "../tagWrite";
import type { Target } from "../target";
import { knownTarget } from "../target";
import { bringChildren } from "./children";
import { allChildTags, parseChildTag, tagChildren } from "./childTag";
import { parseIndexInputs, parseTags } from "./inputs";
import type { IndexPlan } from "./plan";
import { planIndex } from "./plan";
import { addReferrer } from "./referrersTag";

/** One writing of an index, with everything that its steps share. */
interface Writing extends IndexPlan {
  readonly context: Context;
  readonly target: Target;
  readonly repository: Repository;
  readonly inputs: PropertyBag;
  readonly tags: readonly string[];
  readonly behaviour: TagBehaviour;
  readonly content: ManifestContent;
}

/** What a step leaves: the ownership so far, and why anything of it failed. */
interface Step {
  readonly owned: Ownership;
  readonly failures: readonly string[];
  readonly subjectHandled: boolean;
}

/**
 * Writes the index that checked inputs ask for: children, the index under each tag, then the end of tags no longer wanted.
 * @param state - what the last run left, `undefined` for a new resource.
 * @throws PartialFailure when some of it was done; another error when nothing was.
 */
export async function writeIndex(
  context: Context,
  id: string,
  state: PropertyBag | undefined,
  inputs: PropertyBag,
): Promise<Live> {
  const writing = await prepare(context, inputs);
  const children = await writeChildren(writing, ownershipOf(state));
  const index = await putIndex(writing, children);
  const partial = (reasons: readonly string[]) =>
    new PartialFailure({ id, state: stateAfter(writing, index.owned) }, reasons);
  if (index.failures.length > 0) throw partial(index.failures);
  try {
    if (!index.subjectHandled) await listUnderSubject(writing);
    if (state) await removeDropped(writing, state, index.owned);
  } catch (error) {
    throw partial([messageOf(error)]);
  }
  return { id, state: stateAfter(writing, onlyTags(index.owned, writing.tags)) };
}

async function prepare(context: Context, inputs: PropertyBag): Promise<Writing> {
  const target = knownTarget(inputs);
  const plan = await plannedIndex(context, target, inputs);
  return {
    ...plan,
    context,
    target,
    repository: context.registry(target.connection).repository(target.repository),
    inputs,
    tags: parseTags(inputs),
    behaviour: parseTagBehaviour(inputs),
    content: { descriptor: plan.index.descriptor, bytes: plan.index.bytes },
  };
}

async function plannedIndex(context: Context, target: Target, inputs: PropertyBag): Promise<IndexPlan> {
  const parsed = parseIndexInputs(inputs);
  const plan = parsed && (await planIndex(context, parsed, target, stringMap(inputs, "sources") ?? {}));
  if (plan === undefined || !("index" in plan)) throw new Error("the images are not known yet");
  const { digest } = plan.index.descriptor;
  if (digest === inputs["digest"]) return plan;
  throw new ProviderError(
    "ERR_DIGEST_MISMATCH",
    `the index would be ${digest}, but ${String(inputs["digest"])} was planned: an image changed in between. ` +
      "Nothing was written; run `pulumi up` again.",
    { expected: String(inputs["digest"]), actual: digest },
  );
}

/** Children come first: a tag never names an index of which something is missing. */
async function writeChildren(writing: Writing, before: Ownership): Promise<Ownership> {
  const { context, target, images, index, inputs, tags, behaviour } = writing;
  const template = parseChildTag(inputs);
  const wanted = template === undefined ? {} : allChildTags(template, tags, index.manifests);
  const owned = afterPushing(before, await bringChildren(context, target, images.entries, looksFirst(behaviour)));
  const ours = Object.keys(before.childTags);
  const outcomes = await tagChildren(context, target, wanted, { ours, onConflict: behaviour.onConflict });
  const failures = reasonsOf(outcomes);
  if (failures.length > 0) throw new Error(failures.join("\n"));
  const written = tagsOf(outcomes, "written").map((tag) => [tag, wanted[tag]]);
  return { ...owned, childTags: { ...owned.childTags, ...Object.fromEntries(written) } };
}

/** Only with `onDelete: "delete"` it matters which manifests were there before us. */
function looksFirst({ onDelete }: TagBehaviour): boolean {
  return onDelete === "delete";
}

async function putIndex(writing: Writing, before: Ownership): Promise<Step> {
  const { context, target, content, tags, behaviour, repository } = writing;
  const { digest } = content.descriptor;
  const owned = looksFirst(behaviour) && (await isAbsent(repository, digest)) ? afterPushing(before, [digest]) : before;
  const repair = async () => {
    await bringChildren(context, target, writing.images.entries, false);
  };
  if (tags.length === 0)
    return { owned, failures: [], ...(await putRepairing(repository, { content, repair }, digest)) };
  const ours = [...owned.createdTags, ...owned.adoptedTags];
  const outcomes = await writeTags(context, { target, content, tags, ours, onConflict: behaviour.onConflict, repair });
  const failures = reasonsOf(outcomes);
  if (failures.length === outcomes.length) throw new Error(failures.join("\n"));
  const written = outcomes.filter((outcome) => outcome.result === "written");
  const subjectHandled = written.length > 0 && written.every((outcome) => outcome.subjectHandled);
  return { owned: afterWriting(owned, outcomes), failures, subjectHandled };
}

function reasonsOf(outcomes: readonly TagOutcome[]): readonly string[] {
  return outcomes.flatMap((outcome) => (outcome.result === "failed" ? [outcome.reason] : []));
}

async function listUnderSubject({ inputs, repository, content }: Writing): Promise<void> {
  const { subject } = inputs;
  if (typeof subject !== "string") return;
  const annotations = stringMap(inputs, "annotations");
  const referrer: Descriptor = {
    ...content.descriptor,
    ...(typeof inputs["artifactType"] === "string" && { artifactType: inputs["artifactType"] }),
    ...(annotations && { annotations }),
  };
  await addReferrer(repository, subject, referrer);
}

async function removeDropped({ context, target, tags, behaviour }: Writing, state: PropertyBag, owned: Ownership) {
  if (behaviour.onDelete === "retain") return;
  const dropped = owned.createdTags.filter((tag) => !tags.includes(tag));
  await removeTags(context, { target, tags: dropped, digest: String(state["digest"]), keep: tags });
}

function stateAfter({ inputs, index, content }: Writing, ownership: Ownership): PropertyBag {
  const { drift: _, ...lasting } = inputs;
  const manifest = new TextDecoder().decode(content.bytes);
  return { ...lasting, manifest, attestationManifests: index.attestations, ...ownership };
}
