import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../../errors";
import type { Context } from "../context";
import { endScope, endTagged } from "../deletion/end";
import type { CheckResult, DiffResult, Lifecycle, Live } from "../lifecycle";
import { resourceName } from "../process/resourceName";
import { omit, type PropertyBag, pick } from "../properties/bag";
import { blaming } from "../properties/inputPath";
import { inputError } from "../properties/readers";
import { parseTagBehaviour } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import {
  canonicalRegistry,
  knownTarget,
  parseTarget,
  recordedAt,
  repositoryName,
  sameTarget,
} from "../properties/target";
import { knownText } from "../properties/unknown";
import { createTagged } from "./createTagged";
import { difference } from "./diff";
import { betweenLocks, liftForRemoval, parseLock, refuseLocks, withLiftedLocks } from "./locks";
import { type Previous, recordOf, recordOutputNames, recordOutputs, unlistedTags } from "./resourceRecord";
import type { Drift } from "./tagCheck";
import { beginTagCheck, isHidden, judgeSightings } from "./tagCheck";
import { ownerOf, wantManifests, wantTags } from "./wantedNames";

/** What differs between the kinds of resource that put a manifest under tags. */
export interface TaggedKind extends Pick<Lifecycle, "read"> {
  /** The input that names its tags. */
  readonly tagInput: string;
  /** Names that {@link compute} adds to the inputs. */
  readonly computed: readonly string[];
  /** The input that above all decides them. */
  readonly decidedBy: string;
  /** Names that only {@link write} and `read` put into the state. */
  readonly outputs: readonly string[];
  /** Inputs that the program sends for `check` alone. */
  readonly transient: readonly string[];
  /** The tags that the inputs ask for; those not known yet are left out. @throws ERR_INPUT_INVALID. */
  tags(bag: PropertyBag): readonly string[];
  /**
   * The tags of manifests beside the resource's own: of an index's children, and those of cosign. By tag, the digest.
   * @param inputs - checked ones.
   */
  companionTags(inputs: PropertyBag): Readonly<Record<string, string>>;
  /** The digests of all manifests that the resource needs in its repository. @param inputs - checked ones. */
  manifests(inputs: PropertyBag): readonly string[];
  /** Refuses what {@link compute} does not look at; `news` has the transient inputs. @throws ERR_INPUT_INVALID. */
  validate(news: PropertyBag): void;
  /**
   * Works out `digest` and everything else that can be known before it is written.
   * @param target - `undefined` while it is not known.
   * @param recorded - the last checked inputs, when they speak of the same repository.
   */
  compute(
    context: Context,
    inputs: PropertyBag,
    target: Target | undefined,
    recorded: PropertyBag | undefined,
  ): Promise<PropertyBag>;
  /**
   * What a manifest lists and no other look of the run covers, by the name under which drift tells of it: the digest.
   * @param listing - inputs with the computed ones of that manifest, in the same repository: the last checked ones, or these.
   */
  children(inputs: PropertyBag, target: Target, listing: PropertyBag): Readonly<Record<string, string>>;
  /**
   * Looks at what else of the recorded resource can be lost outside Pulumi; absent when there is nothing.
   * @param recorded - the last checked inputs.
   */
  watch?(context: Context, target: Target, recorded: PropertyBag): Promise<Drift>;
  /**
   * Makes sure that what is gone can be brought again.
   * @param lost - the digests of children that are gone.
   * @param recorded - the last checked inputs, with the drift that a refresh has seen.
   * @throws ERR_NOT_FOUND naming the image.
   */
  assertRestorable(
    context: Context,
    inputs: PropertyBag,
    target: Target,
    lost: readonly string[],
    recorded: PropertyBag,
  ): Promise<void>;
  /** Names of the inputs that decide what is on the registry, beside the tags. */
  readonly written: readonly string[];
  /** What stands behind the repository in the id of a resource without a tag, with its separator. */
  untaggedName(inputs: PropertyBag): string;
  /** Brings the registry in line. */
  write(context: Context, id: string, previous: Previous, inputs: PropertyBag): Promise<Live>;
}

/** The lifecycle that all kinds of resource with tags share: exact checks, drift, conflicts, and updates that write only if they must. */
export function taggedLifecycle(kind: TaggedKind): Lifecycle {
  const outputs: ReadonlySet<string> = new Set([...kind.outputs, ...recordOutputNames]);
  return {
    check: (context, olds, news) => check(kind, context, olds, news),
    diff: (context, _id, state, inputs) => diff(kind, context, state, inputs),
    async create(context, inputs) {
      const [tag] = kind.tags(inputs);
      const place = repositoryName(knownTarget(inputs));
      const id = `${place}${tag === undefined ? kind.untaggedName(inputs) : `:${tag}`}`;
      return createTagged(context, place, (previous) => write(kind, context, id, previous, inputs));
    },
    async read(context, id, state) {
      const found = await kind.read(context, id, state);
      const { connection, repository } = knownTarget(state);
      // A later destroy does not remove things that the state forgets now.
      await context.registry(connection).repository(repository).finishRemovals();
      return found && withLiftedLocks(context, state, found);
    },
    async update(context, id, state, inputs) {
      if (isWritten(kind, state, inputs))
        return {
          id,
          state: { ...inputs, ...pick(state, outputs), ...recordOutputs(recordOf(state), kind.tags(inputs)) },
        };
      return write(kind, context, id, { state, record: recordOf(state) }, inputs);
    },
    async delete(context, _id, state) {
      const scope = endScope(context, state);
      if (scope === "nothing") return;
      await liftForRemoval(context, state);
      await endTagged(context, state, scope);
    },
  };
}

async function diff(kind: TaggedKind, context: Context, state: PropertyBag, inputs: PropertyBag): Promise<DiffResult> {
  const record = recordOf(state);
  const target = parseTarget(inputs);
  if (target && sameTarget(state, inputs) && parseTagBehaviour(inputs).onConflict === "fail")
    await judgeSightings(context, target, record, wantedTags(kind, inputs));
  context.plan.handOn(context.resource, record, repositoryName(knownTarget(state)));
  return difference(state, inputs, new Set([...kind.outputs, ...recordOutputNames]));
}

async function write(
  kind: TaggedKind,
  context: Context,
  id: string,
  previous: Previous,
  inputs: PropertyBag,
): Promise<Live> {
  const tags = kind.tags(inputs);
  const live = await betweenLocks(context, previous, inputs, tags, () => kind.write(context, id, previous, inputs));
  warnOfAdopted(context, knownTarget(inputs), previous, live);
  return live;
}

/** A tag may be one that an earlier run has put before it was killed: then the user expects destroy to remove it. */
function warnOfAdopted(context: Context, target: Target, { record }: Previous, { state }: Live): void {
  for (const [tag, { digest, isAdopted }] of recordOf(state).managed)
    if (isAdopted && !record.managed.has(tag))
      context.warn(`adopted ${repositoryName(target)}:${tag}: it named ${digest} already, so destroy leaves it`);
}

async function check(kind: TaggedKind, context: Context, given: PropertyBag, news: PropertyBag): Promise<CheckResult> {
  const olds = context.plan.checked(context.resource, given);
  context.plan.names.forget(ownerOf(context));
  refuseHeldResults(kind, news);
  kind.validate(news);
  parseLock(news);
  const dropped = new Set(["drift", ...kind.transient, ...kind.computed]);
  const declared = omit(news, dropped);
  const target = parseTarget(declared);
  const tags = kind.tags(declared);
  const behaviour = parseTagBehaviour(declared);
  if (target) {
    context.plan.placed(context.resource, target);
    wantTags(context, target, tags, kind.tagInput);
  }
  const inputs = { ...declared, ...canonicalRegistry(declared, target) };
  const recorded = recordedAt(olds, inputs);
  const looksAtOurs = recorded !== undefined && behaviour.reconcile === "onUp";
  const children = target && looksAtOurs ? unplanned(context, target, kind.children(inputs, target, recorded)) : {};
  const wanted = { children, behaviour, recorded: recorded && recordedTags(kind, recorded) };
  const checkTags = target && beginTagCheck(context, { target, input: kind.tagInput, tags, ...wanted });
  const computing = kind.compute(context, inputs, target, recorded);
  const watching = target && looksAtOurs ? kind.watch?.(context, target, recorded) : undefined;
  const [results, watched = {}] = await Promise.all([computing, watching]);
  const computed = { ...inputs, ...results };
  const companions = kind.companionTags(computed);
  if (target) {
    wantTags(context, target, Object.keys(companions), kind.decidedBy);
    wantManifests(context, target, kind.manifests(computed));
    nameTags(context, target, wantedTags(kind, computed));
  }
  if (target && tags.length === 0 && recorded === undefined) await reachRegistry(context, target);
  const found = (await checkTags?.(knownText(computed["digest"]), companions)) ?? {};
  const listed = target && looksAtOurs ? kind.children(inputs, target, computed) : {};
  const unlisted = Object.keys(children).filter((name) => listed[name] === undefined);
  // Another manifest is put anew, with all that belongs to it.
  const isSame = knownText(computed["digest"]) === recorded?.["digest"];
  const drift = { ...omit(found, new Set(unlisted)), ...(isSame && watched) };
  const lost = Object.entries(listed).flatMap(([name, digest]) => (drift[name] === undefined ? [] : [digest]));
  if (target && recorded) await kind.assertRestorable(context, computed, target, lost, recorded);
  if (target) refuseLocks(context, computed, target, tags, recorded, knownText(computed["digest"]));
  const drifted = Object.keys(drift).length > 0 ? { drift } : {};
  return { inputs: { ...computed, ...drifted }, failures: [] };
}

/** Children without those that another resource of the program is going to put there: it looks after them, and repairs them first. */
function unplanned(
  { plan: { contents } }: Context,
  target: Target,
  children: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const place = repositoryName(target);
  return Object.fromEntries(Object.entries(children).filter(([, digest]) => !contents.manifest(place, digest)));
}

/** Of a resource without a tag no look tells yet whether the registry is there and lets us in: preview is to say so, not up. */
async function reachRegistry(context: Context, { connection }: Target): Promise<void> {
  try {
    await blaming("registry", true, () => context.registry(connection).reach());
  } catch (error) {
    if (!isHidden(error)) throw error;
    context.warn(`cannot see what the registry allows; decided at write. ${messageOf(error)}`);
  }
}

/** Lets the program's other resources resolve the tags as they are going to be. */
function nameTags(context: Context, target: Target, wanted: ReadonlyMap<string, string | undefined>): void {
  const { contents } = context.plan;
  const place = repositoryName(target);
  const owner = ownerOf(context);
  for (const [tag, digest] of wanted) {
    const reader = digest === undefined ? undefined : contents.readerOfOther(place, tag, digest);
    if (reader !== undefined && reader !== owner) throw readTooEarly(`${place}:${tag}`, reader, owner);
    contents.nameTag(place, tag, digest ?? "unknown");
  }
}

function readTooEarly(name: string, reader: string, owner: string): Error {
  return inputError(
    "tags",
    `${resourceName(reader)} reads ${name}, which ${resourceName(owner)} is going to move. Construct ` +
      `${resourceName(reader)} after it, or give it the resource instead of the reference`,
  );
}

/** What is worked out comes in only when the option `ignoreChanges` hands the last result back. */
function refuseHeldResults({ computed, decidedBy }: TaggedKind, news: PropertyBag): void {
  const held = computed.find((name) => news[name] !== undefined);
  if (held === undefined) return;
  throw inputError(
    held,
    `it is worked out from ${decidedBy}, so ignoreChanges cannot hold it. Write ignoreChanges: ["${decidedBy}"] instead.`,
  );
}

/** Whether the state says that all that the inputs ask for is on the registry, and nothing more of ours. */
function isWritten(kind: TaggedKind, state: PropertyBag, inputs: PropertyBag): boolean {
  const record = recordOf(state);
  if (record.isUnfinished || state["drift"] !== undefined || inputs["drift"] !== undefined) return false;
  const wanted = wantedTags(kind, inputs);
  const allPut = [...wanted].every(([tag, digest]) => record.managed.get(tag)?.digest === digest);
  return (
    allPut &&
    unlistedTags(record, [...wanted.keys()]).length === 0 &&
    [...kind.written, "lock"].every((name) => isDeepStrictEqual(state[name], inputs[name]))
  );
}

/** All tags that checked inputs ask for, with the digest that each is to name, `undefined` while that is not known. */
function wantedTags(kind: TaggedKind, inputs: PropertyBag): ReadonlyMap<string, string | undefined> {
  const digest = knownText(inputs["digest"]);
  const own = kind.tags(inputs).map((tag) => [tag, digest] as const);
  return new Map([...Object.entries(kind.companionTags(inputs)), ...own]);
}

function recordedTags(kind: TaggedKind, recorded: PropertyBag) {
  return { digest: String(recorded["digest"]), tags: wantedTags(kind, recorded) };
}
