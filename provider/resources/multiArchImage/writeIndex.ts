import { isDeepStrictEqual } from "node:util";
import type { ManifestContent, Repository } from "../../distribution/repository";
import { messageOf, ProviderError } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import type { Context } from "../context";
import { stringMap } from "../inputs";
import type { Live, PropertyBag } from "../lifecycle";
import { PartialFailure } from "../lifecycle";
import { isAbsent } from "../manifestPush";
import type { Ownership } from "../ownership";
import { afterPushing, afterWriting, onlyTags, ownDigest, ownershipOf, tagsOf } from "../ownership";
import type { TagBehaviour } from "../tagInputs";
import { parseTagBehaviour } from "../tagInputs";
import { removeTags } from "../tagRemoval";
import type { TagOutcome } from "../tagWrite";
import { putRepairing, writeTags } from "../tagWrite";
import type { Target } from "../target";
import { knownTarget, repositoryName } from "../target";
import { bringChildren } from "./children";
import { allChildTags, parseChildTag, recordedChildTags, tagChildren } from "./childTag";
import { parseIndexInputs, parseTags } from "./inputs";
import { listedChildren } from "./listedChildren";
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

/** What a step leaves: the ownership so far, why anything of it failed, and whether the index is anywhere. */
interface Step {
  readonly owned: Ownership;
  readonly failures: readonly unknown[];
  readonly indexWritten: boolean;
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
  const children = await writeChildren(writing, state);
  const step = children.failures.length > 0 ? children : await putIndex(writing, children.owned);
  if (step.failures.length > 0) throw failure(writing, id, state, step);
  const { owned, subjectHandled } = step;
  try {
    if (!subjectHandled) await listUnderSubject(writing);
    if (state) await removeDropped(writing, state, owned);
  } catch (error) {
    throw failure(writing, id, state, { ...step, failures: [error] });
  }
  return { id, state: stateAfter(writing, ownershipOfWanted(writing, owned)) };
}

/** What to throw when a step failed: with all that was done, so that the next update goes on from there. */
function failure(writing: Writing, id: string, state: PropertyBag | undefined, step: Step): unknown {
  const { owned, failures, indexWritten } = step;
  const nothingDone = !indexWritten && isDeepStrictEqual(owned, ownershipOf(state));
  const reasons = failures.map(messageOf);
  if (nothingDone) return failures.length === 1 ? failures[0] : new AggregateError(failures, reasons.join("\n"));
  const left = indexWritten || state === undefined ? stateAfter(writing, owned) : { ...state, ...owned };
  return new PartialFailure({ id, state: { ...left, unfinished: true } }, reasons);
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
async function writeChildren(writing: Writing, state: PropertyBag | undefined): Promise<Step> {
  const { context, target, images, tags, behaviour } = writing;
  const before = ownershipOf(state);
  const wanted = wantedChildTags(writing);
  claimChildTags(writing, wanted);
  const listed = listedChildren(context, target, writing, tags, state);
  const looksFirst = (digest: string) => looksForAll(behaviour) || listed.has(digest);
  const owned = afterPushing(before, await bringChildren(context, target, images.entries, looksFirst));
  const ours = [...Object.keys(before.childTags), ...recordedChildTags(state)];
  const outcomes = await tagChildren(context, target, wanted, { ours, onConflict: behaviour.onConflict });
  const adopted = recordedChildTags(state).filter((tag) => before.childTags[tag] === undefined);
  const written = tagsOf(outcomes, "written").filter((tag) => !adopted.includes(tag));
  const childTags = { ...owned.childTags, ...Object.fromEntries(written.map((tag) => [tag, wanted[tag] ?? ""])) };
  return { owned: { ...owned, childTags }, failures: errorsOf(outcomes), indexWritten: false, subjectHandled: false };
}

function wantedChildTags({ inputs, tags, index }: Writing): Readonly<Record<string, string>> {
  const template = parseChildTag(inputs);
  return template === undefined ? {} : allChildTags(template, tags, index.manifests);
}

/** So that the end of another resource, as after a change of name, spares them. */
function claimChildTags({ context, target, tags }: Writing, wanted: Readonly<Record<string, string>>): void {
  const [tag] = tags;
  const name = repositoryName(target);
  const owner = context.claims.owner(`${name}:${tag}`) ?? `an index in ${name}`;
  for (const childTag of Object.keys(wanted)) context.claims.claim(`${name}:${childTag}`, owner);
}

/** Only with `onDelete: "delete"` it matters which manifests were there before us. */
function looksForAll({ onDelete }: TagBehaviour): boolean {
  return onDelete === "delete";
}

async function putIndex(writing: Writing, before: Ownership): Promise<Step> {
  const { context, target, content, tags, behaviour, repository } = writing;
  const { digest } = content.descriptor;
  const owned =
    looksForAll(behaviour) && (await isAbsent(repository, digest)) ? afterPushing(before, [digest]) : before;
  const repair = async () => {
    await bringChildren(context, target, writing.images.entries, () => false);
  };
  if (tags.length === 0)
    return {
      owned,
      failures: [],
      indexWritten: true,
      ...(await putRepairing(repository, { content, repair }, digest)),
    };
  const ours = [...owned.createdTags, ...owned.adoptedTags];
  const outcomes = await writeTags(context, { target, content, tags, ours, onConflict: behaviour.onConflict, repair });
  const failures = errorsOf(outcomes);
  const indexWritten = failures.length < outcomes.length;
  const written = outcomes.filter((outcome) => outcome.result === "written");
  const subjectHandled = written.length > 0 && written.every((outcome) => outcome.subjectHandled);
  return { owned: afterWriting(owned, outcomes), failures, indexWritten, subjectHandled };
}

function errorsOf(outcomes: readonly TagOutcome[]): readonly unknown[] {
  return outcomes.flatMap((outcome) => (outcome.result === "failed" ? [outcome.error] : []));
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

async function removeDropped(writing: Writing, state: PropertyBag, owned: Ownership): Promise<void> {
  const { context, target, tags, behaviour } = writing;
  if (behaviour.onDelete === "retain") return;
  const dropped = owned.createdTags.filter((tag) => !tags.includes(tag));
  await removeTags(context, { target, tags: dropped, digest: ownDigest(state), keep: tags });
  const wanted = wantedChildTags(writing);
  for (const [tag, digest] of Object.entries(owned.childTags)) {
    if (wanted[tag] === undefined) await removeTags(context, { target, tags: [tag], digest, keep: tags });
  }
}

function ownershipOfWanted(writing: Writing, owned: Ownership): Ownership {
  const wanted = wantedChildTags(writing);
  const childTags = Object.entries(owned.childTags).filter(([tag]) => wanted[tag] !== undefined);
  return { ...onlyTags(owned, writing.tags), childTags: Object.fromEntries(childTags) };
}

function stateAfter({ inputs, index, content }: Writing, ownership: Ownership): PropertyBag {
  const { drift: _, ...lasting } = inputs;
  const manifest = new TextDecoder().decode(content.bytes);
  return { ...lasting, manifest, attestationManifests: index.attestations, ...ownership };
}
