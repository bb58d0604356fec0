import { isDeepStrictEqual } from "node:util";
import { omit, pick } from "./bag";
import { claimTags } from "./claimTags";
import type { Context } from "./context";
import { difference, stateSchema } from "./difference";
import { inputError } from "./inputs";
import type { CheckResult, Lifecycle, Live, PropertyBag } from "./lifecycle";
import { betweenLocks, liftForRemoval, parseLock, refuseLocks, withLiftedLocks } from "./locks";
import { onlyTags, ownershipOf } from "./ownership";
import type { Drift } from "./tagCheck";
import { beginTagCheck } from "./tagCheck";
import { parseTagBehaviour } from "./tagInputs";
import type { Target } from "./target";
import { canonicalRegistry, knownTarget, parseTarget, recordedAt, repositoryName } from "./target";
import { knownText } from "./unknown";

/** What differs between the kinds of resource that put a manifest under tags. */
export interface TaggedKind extends Pick<Lifecycle, "read" | "delete"> {
  /** The resource's type, for messages. */
  readonly name: string;
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
  /** Brings the registry in line. @param state - what the last run left, `undefined` for a new resource. */
  write(context: Context, id: string, state: PropertyBag | undefined, inputs: PropertyBag): Promise<Live>;
}

/** The lifecycle that all kinds of resource with tags share: exact checks, drift, conflicts, and updates that write only if they must. */
export function taggedLifecycle(kind: TaggedKind): Lifecycle {
  const outputs: ReadonlySet<string> = new Set(kind.outputs);
  return {
    check: (context, olds, news) => check(kind, context, olds, news),
    diff: (_id, state, inputs) => difference(state, inputs, outputs),
    create(context, inputs) {
      const [tag] = kind.tags(inputs);
      const name = tag === undefined ? kind.untaggedName(inputs) : `:${tag}`;
      return write(kind, context, `${repositoryName(knownTarget(inputs))}${name}`, undefined, inputs);
    },
    async read(context, id, state) {
      const found = await kind.read(context, id, state);
      const { connection, repository } = knownTarget(state);
      // What the state forgets now is not removed by a later destroy.
      await context.registry(connection).repository(repository).finishRemovals();
      return found && withLiftedLocks(context, state, found);
    },
    async update(context, id, state, inputs) {
      if (isWritten(kind, state, inputs)) {
        const ownership = onlyTags(ownershipOf(state), kind.tags(inputs));
        return { id, state: { ...inputs, ...pick(state, outputs), ...ownership } };
      }
      return write(kind, context, id, state, inputs);
    },
    async delete(context, id, state) {
      await liftForRemoval(context, state);
      await kind.delete(context, id, state);
    },
  };
}

function write(
  kind: TaggedKind,
  context: Context,
  id: string,
  state: PropertyBag | undefined,
  inputs: PropertyBag,
): Promise<Live> {
  return betweenLocks(context, state, inputs, kind.tags(inputs), () => kind.write(context, id, state, inputs));
}

async function check(kind: TaggedKind, context: Context, olds: PropertyBag, news: PropertyBag): Promise<CheckResult> {
  refuseHeldResults(kind, news);
  kind.validate(news);
  parseLock(news);
  const dropped = new Set(["resourceName", "drift", "schema", ...kind.transient, ...kind.computed]);
  const declared = omit(news, dropped);
  const target = parseTarget(declared);
  const tags = kind.tags(declared);
  const behaviour = parseTagBehaviour(declared);
  if (target) claimTags(context, target, tags, `${kind.name} ${String(news["resourceName"])}`, kind.tagInput);
  const inputs = { ...declared, ...canonicalRegistry(declared, target) };
  const recorded = recordedAt(olds, inputs);
  const looksAtOurs = recorded !== undefined && behaviour.reconcile === "onUp";
  const children = target && looksAtOurs ? kind.children(inputs, target, recorded) : {};
  const wanted = { tags, children, behaviour, recorded: recorded && recordedTags(kind, recorded) };
  const checkTags = target && beginTagCheck(context, { target, input: kind.tagInput, ...wanted });
  const computing = kind.compute(context, inputs, target, recorded);
  const watching = target && looksAtOurs ? kind.watch?.(context, target, recorded) : undefined;
  const [results, watched = {}] = await Promise.all([computing, watching]);
  const computed = { ...inputs, ...results };
  const found = (await checkTags?.(knownText(computed["digest"]))) ?? {};
  const listed = target && looksAtOurs ? kind.children(inputs, target, computed) : {};
  const unlisted = Object.keys(children).filter((name) => listed[name] === undefined);
  // Another manifest is put anew, with all that belongs to it.
  const isSame = knownText(computed["digest"]) === recorded?.["digest"];
  const drift = { ...omit(found, new Set(unlisted)), ...(isSame && watched) };
  const lost = Object.entries(listed).flatMap(([name, digest]) => (drift[name] === undefined ? [] : [digest]));
  if (target && recorded) await kind.assertRestorable(context, computed, target, lost, recorded);
  if (target) refuseLocks(context, computed, target, tags, recorded, knownText(computed["digest"]));
  const drifted = Object.keys(drift).length > 0 ? { drift } : {};
  return { inputs: { ...computed, ...drifted, schema: stateSchema }, failures: [] };
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
  if (
    state["unfinished"] === true ||
    state["drift"] !== undefined ||
    inputs["drift"] !== undefined ||
    state["createdTags"] === undefined
  )
    return false;
  const { createdTags, adoptedTags } = ownershipOf(state);
  const tags = kind.tags(inputs);
  const allWritten = tags.every((tag) => createdTags.includes(tag) || adoptedTags.includes(tag));
  const nothingDropped = createdTags.every((tag) => tags.includes(tag));
  return (
    allWritten &&
    nothingDropped &&
    [...kind.written, "lock"].every((name) => isDeepStrictEqual(state[name], inputs[name]))
  );
}

function recordedTags(kind: TaggedKind, recorded: PropertyBag) {
  return { digest: String(recorded["digest"]), tags: kind.tags(recorded) };
}
