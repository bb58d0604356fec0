import type { Locks } from "../../distribution/repository";
import { hasCode, hasStatus, messageOf } from "../../errors";
import type { Context } from "../context";
import { type Live, PartialFailure } from "../lifecycle";
import { repositoryAt } from "../process/repositoryAt";
import type { Drift } from "../properties/drift";
import type { LockInputs } from "../properties/lockInputs";
import { inputError } from "../properties/readers";
import { recordOf, recordOutputs } from "../properties/recordOutputs";
import type { Declared, Placed, Planned, Results } from "./declared";
import { createdTags, type ResourceRecord } from "./resourceRecord";

type Lockable = Planned<unknown, Results>;

/** A resource as the last run left it, as far as locks are concerned. */
export interface LockedResource {
  /** `undefined` for a new one. */
  readonly recorded: Placed<Lockable> | undefined;
  readonly record: ResourceRecord;
  /** Tags of its children and of cosign, which are not locked. */
  readonly companions: Readonly<Record<string, string>>;
}

const noLock: LockInputs = { tag: false, manifest: false, onLocked: "fail" };

/**
 * Refuses locks that cannot come to be: where the registry has none, or on a tag of a resource without one; and a change that
 * our own lock stands in the way of.
 * @param recorded - the resource as it was last checked in this place.
 * @throws ERR_INPUT_INVALID.
 */
export function refuseLocks(context: Context, planned: Placed<Lockable>, recorded: Lockable | undefined): void {
  const { target, tags, lock, results } = planned;
  if (!lock.tag && !lock.manifest) return;
  if (repositoryAt(context, target).locks === undefined)
    throw inputError("lock", `${target.connection.address} has no locks; only Azure's registries do. Leave it out`);
  if (lock.tag && tags.length === 0) throw inputError("lock.tag", "there is no tag to be locked");
  const moves = recorded !== undefined && results.digest !== undefined && recorded.results.digest !== results.digest;
  if (lock.tag && moves && lock.onLocked === "fail" && recorded.lock.tag)
    throw inputError(
      "lock.tag",
      `${tags.join(", ")} would move to ${results.digest}, but this resource has locked it. Set onLocked: "unlock" to have it unlocked for the change and locked again`,
    );
}

/**
 * Writes a resource between the lifting of locks in its way and the setting of those that are declared.
 * @throws PartialFailure when all is written but a lock is not set; what `write` throws; when it wrote
 * nothing, lifted locks are set again before.
 */
export async function betweenLocks(
  context: Context,
  previous: LockedResource,
  planned: Placed<Lockable>,
  write: () => Promise<Live>,
): Promise<Live> {
  const { locks } = repositoryAt(context, planned.target);
  if (locks === undefined) return write();
  const lifted = await liftForWriting(locks, previous, planned);
  const live = await write().catch(async (error: unknown) => {
    // The next run goes on with what is partly written, and only then locks it.
    const again = error instanceof PartialFailure ? [] : lifted;
    await Promise.allSettled(again.map((subject) => locks.setLock(subject, true)));
    throw error;
  });
  const subjects = lockedSubjects(planned, planned.results.digest, planned.tags);
  try {
    await Promise.all(subjects.map((subject) => locks.setLock(subject, true)));
    return live;
  } catch (error) {
    const unfinished = recordOutputs({ ...recordOf(live.state), isUnfinished: true }, planned.tags);
    throw new PartialFailure({ id: live.id, state: { ...live.state, ...unfinished } }, [messageOf(error)]);
  }
}

/** Lifts our own locks that are no longer declared or move on, and with `onLocked: "unlock"` all locks on our tags. */
async function liftForWriting(locks: Locks, previous: LockedResource, planned: Lockable): Promise<readonly string[]> {
  const { lock: wanted, tags, results } = planned;
  const had = previous.recorded?.lock ?? noLock;
  const oldDigest = previous.recorded?.results.digest;
  const dropped = ownTags(previous).filter((tag) => !wanted.tag || !tags.includes(tag));
  const movesOn = had.manifest && (!wanted.manifest || oldDigest !== results.digest);
  const own = [...(had.tag ? dropped : []), ...(movesOn && oldDigest !== undefined ? [oldDigest] : [])];
  const others = wanted.onLocked === "unlock" ? tags.filter((tag) => !own.includes(tag)) : [];
  return lift(locks, own, others);
}

/**
 * Lifts the locks in the way of a resource's end: its own, and with `onLocked: "unlock"` all locks on what it removes.
 * With `onDelete: "retain"` they stay.
 */
export async function liftForRemoval(
  context: Context,
  resource: LockedResource & { readonly recorded: Placed<Lockable> },
): Promise<void> {
  const { recorded, record } = resource;
  const { locks } = repositoryAt(context, recorded.target);
  if (locks === undefined || recorded.behaviour.onDelete === "retain") return;
  const created = createdTags(record);
  const removable = ownTags(resource).filter((tag) => created.includes(tag));
  const own = lockedSubjects(recorded, recorded.results.digest, removable);
  const removed = [...created, ...record.pushed];
  const others = recorded.lock.onLocked === "unlock" ? removed.filter((subject) => !own.includes(subject)) : [];
  await lift(locks, own, others);
}

/**
 * Checks whether the locks of a resource still stand: a request for each tag and manifest that moved nowhere. Where locks may not
 * be read, a warning.
 * @param observed - the digest and the drift that a refresh has just found.
 * @returns each lock that was lifted outside Pulumi, as drift.
 */
export async function liftedLocks(
  context: Context,
  resource: LockedResource & { readonly recorded: Placed<Lockable> },
  observed: { readonly digest: string | undefined; readonly drift: Drift },
): Promise<Drift> {
  const { recorded } = resource;
  const { digest } = recorded.results;
  const { locks } = repositoryAt(context, recorded.target);
  if (locks === undefined) return {};
  const isReplaced = observed.digest !== digest;
  const subjects = lockedSubjects(recorded, digest, ownTags(resource)).filter(
    (subject) => observed.drift[subject] === undefined && !(isReplaced && subject === digest),
  );
  try {
    const checks = subjects.map(async (subject) => ((await locks.isLocked(subject)) ? [] : [subject]));
    return Object.fromEntries((await Promise.all(checks)).flat().map((subject) => [`lock of ${subject}`, "lifted"]));
  } catch (error) {
    if (!hasStatus(error, 401, 403) && !hasCode(error, "ERR_AUTH")) throw error;
    context.warn(`locks not checked: ${messageOf(error)}`);
    return {};
  }
}

/** The tags of a resource that are its own, and not those of its children or of cosign. */
function ownTags({ record, companions }: LockedResource): readonly string[] {
  return [...record.managed.keys()].filter((tag) => companions[tag] === undefined);
}

function lockedSubjects(
  { lock }: Pick<Declared<unknown>, "lock">,
  digest: string | undefined,
  tags: readonly string[],
): readonly string[] {
  return [...(lock.tag ? tags : []), ...(lock.manifest && digest !== undefined ? [digest] : [])];
}

/** @returns the subjects that were locked and are not any more. */
async function lift(locks: Locks, own: readonly string[], others: readonly string[]): Promise<readonly string[]> {
  const locked = await Promise.all(others.map(async (subject) => ((await locks.isLocked(subject)) ? [subject] : [])));
  const all = [...own, ...locked.flat()];
  await Promise.all(all.map((subject) => locks.setLock(subject, false)));
  return all;
}
