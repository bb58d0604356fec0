import type { Locks, Repository } from "../../distribution/repository";
import { hasCode, hasStatus, messageOf } from "../../errors";
import type { Context } from "../context";
import { type Live, type Observed, PartialFailure } from "../lifecycle";
import type { PropertyBag } from "../properties/bag";
import { choice, inputError, optionalBag, optionalBoolean, stringMap } from "../properties/readers";
import { knownTags } from "../properties/tagInputs";
import { knownTarget, type Target } from "../properties/target";
import { containsUnknown, isUnknown } from "../properties/unknown";
import { createdTags, type Previous, type ResourceRecord, recordOf, recordOutputs } from "./resourceRecord";

/** What a resource locks on a registry that has locks. */
export interface LockInputs {
  readonly tag: boolean;
  readonly manifest: boolean;
  /** What happens to a lock in the way of a write or removal. */
  readonly onLocked: "fail" | "unlock";
}

/** Reads `lock` and `onLocked`; what is not known yet counts as absent. @throws ERR_INPUT_INVALID. */
export function parseLock(bag: PropertyBag): LockInputs {
  const known = isUnknown(bag["onLocked"]) ? {} : bag;
  const onLocked = choice(known, "onLocked", ["fail", "unlock"], "fail");
  const lock = containsUnknown(bag["lock"]) ? undefined : optionalBag(bag, "lock");
  const isOn = (name: string) => (lock === undefined ? false : (optionalBoolean(lock, name, "lock") ?? false));
  return { tag: isOn("tag"), manifest: isOn("manifest"), onLocked };
}

/**
 * Refuses locks that cannot come to be: where the registry has none, or on a tag of a resource without one; and a change that
 * our own lock stands in the way of.
 * @param recorded - the last checked inputs, when they speak of the same repository.
 * @param digest - what the tags are to name, if that is known.
 * @throws ERR_INPUT_INVALID.
 */
export function refuseLocks(
  context: Context,
  inputs: PropertyBag,
  target: Target,
  tags: readonly string[],
  recorded: PropertyBag | undefined,
  digest: string | undefined,
): void {
  const { tag, manifest, onLocked } = parseLock(inputs);
  if (!tag && !manifest) return;
  if (repositoryOf(context, target).locks === undefined)
    throw inputError("lock", `${target.connection.address} has no locks; only Azure's registries do. Leave it out`);
  if (tag && tags.length === 0) throw inputError("lock.tag", "there is no tag to be locked");
  const moves = recorded !== undefined && digest !== undefined && recorded["digest"] !== digest;
  if (tag && moves && onLocked === "fail" && parseLock(recorded).tag)
    throw inputError(
      "lock.tag",
      `${tags.join(", ")} would move to ${digest}, but this resource has locked it. Set onLocked: "unlock" to have it unlocked for the change and locked again`,
    );
}

/**
 * Writes what checked inputs ask for between the lifting of locks in its way and the setting of those that are declared.
 * @throws PartialFailure when all is written but a lock is not set; what `write` throws; when it wrote
 * nothing, lifted locks are set again before.
 */
export async function betweenLocks(
  context: Context,
  previous: Previous,
  inputs: PropertyBag,
  tags: readonly string[],
  write: () => Promise<Live>,
): Promise<Live> {
  const target = knownTarget(inputs);
  const { locks } = repositoryOf(context, target);
  if (locks === undefined) return write();
  const lifted = await liftForWriting(locks, previous, inputs, tags);
  const live = await write().catch(async (error: unknown) => {
    // What is partly written is gone on with, and only then locked.
    const again = error instanceof PartialFailure ? [] : lifted;
    await Promise.allSettled(again.map((subject) => locks.setLock(subject, true)));
    throw error;
  });
  const subjects = lockedSubjects(inputs, tags);
  try {
    await Promise.all(subjects.map((subject) => locks.setLock(subject, true)));
    return live;
  } catch (error) {
    const unfinished = recordOutputs({ ...recordOf(live.state), isUnfinished: true }, tags);
    throw new PartialFailure({ id: live.id, state: { ...live.state, ...unfinished } }, [messageOf(error)]);
  }
}

/** Our own locks that are no longer declared or move on, and with `onLocked: "unlock"` everybody's on our tags. */
async function liftForWriting(
  locks: Locks,
  { state, record }: Previous,
  inputs: PropertyBag,
  tags: readonly string[],
): Promise<readonly string[]> {
  const wanted = parseLock(inputs);
  const had = parseLock(state);
  const dropped = ownTags(state, record).filter((tag) => !wanted.tag || !tags.includes(tag));
  const oldDigest = String(state["digest"]);
  const movesOn = had.manifest && (!wanted.manifest || oldDigest !== inputs["digest"]);
  const own = [...(had.tag ? dropped : []), ...(movesOn ? [oldDigest] : [])];
  const others = wanted.onLocked === "unlock" ? tags.filter((tag) => !own.includes(tag)) : [];
  return lift(locks, own, others);
}

/**
 * Lifts the locks in the way of a resource's end: its own, and with `onLocked: "unlock"` everybody's on what it removes.
 * With `onDelete: "retain"` they stay.
 */
export async function liftForRemoval(context: Context, state: PropertyBag): Promise<void> {
  const { locks } = repositoryOf(context, knownTarget(state));
  if (locks === undefined || state["onDelete"] === "retain") return;
  const { onLocked } = parseLock(state);
  const record = recordOf(state);
  const created = createdTags(record);
  const own = lockedSubjects(
    state,
    ownTags(state, record).filter((tag) => created.includes(tag)),
  );
  const removed = [...created, ...record.pushed];
  const others = onLocked === "unlock" ? removed.filter((subject) => !own.includes(subject)) : [];
  await lift(locks, own, others);
}

/**
 * Looks whether what a resource has locked still is: a request for each tag and manifest that moved nowhere. Where locks may not
 * be read, a warning.
 * @param state - what the last run left.
 * @param found - what a refresh has just observed.
 * @returns what was found, with each lock that somebody has lifted in its `drift`.
 */
export async function withLiftedLocks(context: Context, state: PropertyBag, found: Observed): Promise<Observed> {
  const { locks } = repositoryOf(context, knownTarget(state));
  if (locks === undefined) return found;
  const seen = stringMap(found.state, "drift") ?? {};
  const isReplaced = found.state["digest"] !== state["digest"];
  const subjects = lockedSubjects(state, ownTags(state, recordOf(state))).filter(
    (subject) => seen[subject] === undefined && !(isReplaced && subject === state["digest"]),
  );
  try {
    const looks = subjects.map(async (subject) => ((await locks.isLocked(subject)) ? [] : [subject]));
    const lifted = (await Promise.all(looks)).flat().map((subject) => [`lock of ${subject}`, "lifted"]);
    if (lifted.length === 0) return found;
    const drift = { ...seen, ...Object.fromEntries(lifted) };
    return { ...found, state: { ...found.state, drift }, inputs: { ...found.inputs, drift } };
  } catch (error) {
    if (!hasStatus(error, 401, 403) && !hasCode(error, "ERR_AUTH")) throw error;
    context.warn(`locks not looked at: ${messageOf(error)}`);
    return found;
  }
}

/** The tags of a resource that are its own, and not those of its children or of cosign. */
function ownTags(state: PropertyBag, { managed }: ResourceRecord): readonly string[] {
  const companions = Object.keys({ ...knownTags(state["childTags"]), ...knownTags(state["referrerTags"]) });
  return [...managed.keys()].filter((tag) => !companions.includes(tag));
}

/** What a resource with these inputs has locked, or is to lock. @param tags - its own. */
function lockedSubjects(bag: PropertyBag, tags: readonly string[]): readonly string[] {
  const { tag, manifest } = parseLock(bag);
  return [...(tag ? tags : []), ...(manifest ? [String(bag["digest"])] : [])];
}

/** @returns what was locked and is no longer. */
async function lift(locks: Locks, own: readonly string[], others: readonly string[]): Promise<readonly string[]> {
  const locked = await Promise.all(others.map(async (subject) => ((await locks.isLocked(subject)) ? [subject] : [])));
  const all = [...own, ...locked.flat()];
  await Promise.all(all.map((subject) => locks.setLock(subject, false)));
  return all;
}

function repositoryOf(context: Context, { connection, repository }: Target): Repository {
  return context.registry(connection).repository(repository);
}
