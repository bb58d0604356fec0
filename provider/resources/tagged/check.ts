import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../../errors";
import type { Context } from "../context";
import type { CheckResult } from "../lifecycle";
import { resourceName } from "../process/resourceName";
import { omit, type PropertyBag } from "../properties/bag";
import { type Drift, formatDrift } from "../properties/drift";
import { withInputPath } from "../properties/inputPath";
import { inputError } from "../properties/readers";
import { canonicalRegistry, repositoryName, sameTarget, type Target } from "../properties/target";
import { type Declared, type Placed, type Planned, parseDeclared, parsePlanned, type Results } from "./declared";
import { refuseLocks } from "./locks";
import { beginTagCheck, isHidden } from "./tagCheck";
import { type TaggedKind, wantedTags } from "./taggedKind";
import { ownerOf, wantManifests, wantTags, wantUntagged } from "./wantedNames";

/**
 * Checks a resource with tags: computes its results, enters into the plan of the program everything that it wants, and observes its
 * tags and its content. Writes nothing to a registry.
 * @throws ERR_INPUT_INVALID, ERR_TAG_CONFLICT for something new, and what the kind throws.
 */
export async function check<I, R extends Results, O>(
  kind: TaggedKind<I, R, O>,
  context: Context,
  given: PropertyBag,
  news: PropertyBag,
): Promise<CheckResult> {
  const olds = context.plan.checked(context.resource, given);
  context.plan.names.forget(ownerOf(context));
  if (isHeldWhole(kind, olds, news)) return hold(kind, context, olds);
  refuseHeldResults(kind, news);
  kind.refuse(news);
  const bag = omit(news, new Set(["drift", ...kind.transient, ...kind.results.names]));
  const declared = parseDeclared(kind, bag);
  if (declared.target) {
    context.plan.placed(context.resource, declared.target);
    wantTags(context, declared.target, declared.tags, kind.tagInput);
  }
  const inputs = { ...bag, ...canonicalRegistry(bag, declared.target) };
  const recorded = sameTarget(olds, inputs) ? recordedResource(kind, olds) : undefined;
  if (recorded) giveUpTags(context, recorded, declared);
  const { results, drift } = await plan(kind, context, declared, recorded);
  return { inputs: { ...inputs, ...kind.results.format(results), ...formatDrift(drift) }, failures: [] };
}

/** Whether `ignoreChanges: ["*"]` hands all of the last inputs back: the resource is to stay as it is. */
function isHeldWhole<I, R extends Results, O>(
  { results, transient }: TaggedKind<I, R, O>,
  olds: PropertyBag,
  news: PropertyBag,
): boolean {
  const isHeld = results.names.some((name) => news[name] !== undefined);
  return isHeld && isDeepStrictEqual(omit(news, new Set(transient)), omit(olds, new Set(transient)));
}

/** The last inputs again; the plan knows of the resource all the same. */
function hold<I, R extends Results, O>(kind: TaggedKind<I, R, O>, context: Context, olds: PropertyBag): CheckResult {
  const recorded = parsePlanned(kind, olds);
  const { target } = recorded;
  if (target) {
    context.plan.placed(context.resource, target);
    wantTags(context, target, recorded.tags, kind.tagInput);
    enterPlan(kind, context, { ...recorded, target }, recorded);
  }
  return { inputs: olds, failures: [] };
}

/** Results come in only when the option `ignoreChanges` hands the last ones back. */
function refuseHeldResults<I, R extends Results, O>(
  { results, decidedBy }: TaggedKind<I, R, O>,
  news: PropertyBag,
): void {
  const held = results.names.find((name) => news[name] !== undefined);
  if (held === undefined) return;
  throw inputError(
    held,
    `it is computed from ${decidedBy}, so ignoreChanges cannot hold it. Write ignoreChanges: ["${decidedBy}"] instead.`,
  );
}

/** The resource as it was last checked, if it was there, and whole. */
function recordedResource<I, R extends Results, O>(
  kind: TaggedKind<I, R, O>,
  olds: PropertyBag,
): Placed<Planned<I, R>> | undefined {
  const { target, ...recorded } = parsePlanned(kind, olds);
  return target !== undefined && kind.isComplete(recorded.results) ? { ...recorded, target } : undefined;
}

/** A tag that the program lists for another resource now may be taken over by it. */
function giveUpTags(
  context: Context,
  { target, tags, results }: Placed<Planned<unknown, Results>>,
  declared: Declared<unknown>,
): void {
  if (!declared.areAllTagsKnown || results.digest === undefined) return;
  const place = repositoryName(target);
  for (const tag of tags.filter((name) => !declared.tags.includes(name)))
    context.plan.names.giveUp(place, tag, results.digest, ownerOf(context));
}

async function plan<I, R extends Results, O>(
  kind: TaggedKind<I, R, O>,
  context: Context,
  declared: Declared<I>,
  recorded: Placed<Planned<I, R>> | undefined,
): Promise<{ readonly results: R; readonly drift: Drift }> {
  const { target, tags, behaviour } = declared;
  const watched = behaviour.reconcile === "onUp" ? recorded : undefined;
  const children = target && watched ? unplanned(context, target, kind.children(declared, watched)) : {};
  const last = recorded && { digest: recorded.results.digest, tags: wantedTags(kind, recorded) };
  const { tagInput: input, areDigestsMadeByWrite } = kind;
  const wanted = { input, tags, children, behaviour, areDigestsMadeByWrite, recorded: last };
  const checkTags = target && beginTagCheck(context, { target, ...wanted });
  const computing = kind.compute(context, declared, recorded);
  const [results, watchedDrift = {}] = await Promise.all([computing, watched && kind.watch?.(context, watched)]);
  if (target === undefined) return { results, drift: {} };
  const planned = { ...declared, target, results, drift: {} };
  enterPlan(kind, context, planned, recorded);
  if (tags.length === 0 && recorded === undefined) await reachRegistry(context, target);
  const found = (await checkTags?.(results.digest, kind.companionTags(results))) ?? {};
  const listed = watched ? kind.children(declared, planned) : {};
  const unlisted = Object.keys(children).filter((name) => listed[name] === undefined);
  // Another manifest is put anew, with all that belongs to it.
  const isSame = results.digest === recorded?.results.digest;
  const kept = Object.entries(found).filter(([name]) => !unlisted.includes(name));
  const drift = { ...Object.fromEntries(kept), ...(isSame && watchedDrift) };
  const lost = Object.entries(listed).flatMap(([name, digest]) => (drift[name] === undefined ? [] : [digest]));
  if (recorded) await kind.assertRestorable(context, planned, lost, recorded);
  refuseLocks(context, planned, recorded);
  return { results, drift };
}

/** Children without those that another resource of the program is going to put there: it checks for them, and repairs them first. */
function unplanned(
  { plan: { contents } }: Context,
  target: Target,
  children: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const place = repositoryName(target);
  return Object.fromEntries(Object.entries(children).filter(([, digest]) => !contents.isTended(place, digest)));
}

/** Enters what the resource wants, so that the program's other resources can read it as it is going to be. */
function enterPlan<I, R extends Results, O>(
  kind: TaggedKind<I, R, O>,
  context: Context,
  planned: Placed<Planned<I, R>>,
  recorded: Planned<I, R> | undefined,
): void {
  const { target, results } = planned;
  const isUnchanged = () => recorded !== undefined && isDeepStrictEqual(kind.content(recorded), kind.content(planned));
  wantTags(context, target, Object.keys(kind.companionTags(results)), kind.decidedBy);
  wantManifests(context, target, kind.manifests(results));
  if (results.digest !== undefined && planned.tags.length === 0 && planned.behaviour.onDelete === "delete")
    wantUntagged(context, target, results.digest, results.digest !== recorded?.results.digest);
  const { contents } = context.plan;
  const place = repositoryName(target);
  const isPutAnyway = recorded?.results.digest !== results.digest;
  if (isPutAnyway || planned.behaviour.reconcile === "onUp")
    for (const digest of kind.manifests(results)) contents.tend(place, digest);
  const owner = ownerOf(context);
  for (const [tag, digest] of wantedTags(kind, planned)) {
    const reader = digest === undefined ? undefined : contents.readerOfOther(place, tag, digest);
    if (reader !== undefined && reader !== owner) throw readTooEarly(`${place}:${tag}`, reader, owner);
    if (digest !== undefined || !isUnchanged()) contents.nameTag(place, tag, digest ?? "unknown");
  }
}

function readTooEarly(name: string, reader: string, owner: string): Error {
  return inputError(
    "tags",
    `${resourceName(reader)} reads ${name}, which ${resourceName(owner)} is going to move. Construct ` +
      `${resourceName(reader)} after it, or give it the resource instead of the reference`,
  );
}

/** A resource without a tag has no look yet that proves the registry and the credentials: preview is to fail, not up. */
async function reachRegistry(context: Context, { connection }: Target): Promise<void> {
  try {
    await withInputPath("registry", true, () => context.registry(connection).reach());
  } catch (error) {
    if (!isHidden(error)) throw error;
    context.warn(`cannot see what the registry allows; decided at write. ${messageOf(error)}`);
  }
}
