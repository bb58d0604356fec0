import type { ManifestContent } from "../../distribution/repository";
import { isIndexMediaType } from "../../oci/mediaTypes";
import { indexTree } from "../../sources/indexTree";
import { repositoryStore, requireManifest } from "../../sources/repositoryManifest";
import type { Context } from "../context";
import { foundAbsent, type TargetState } from "../copy/copyManifests";
import type { CopyStrategy } from "../copy/copyStrategy";
import { referrerName } from "../drift/lostContent";
import { repositoryAt, sourceAt } from "../process/repositoryAt";
import type { Drift } from "../properties/drift";
import type { OnConflict } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import { type ResourceRecord, withPushed, withReferrers, withTags } from "../tagged/resourceRecord";
import { errorsOf } from "../tagged/tagOutcome";
import { writeTags } from "../tagged/writeTags";
import type { Referrers } from "./referrers";
import { addReferrers, referrerDescriptor } from "./referrersTag";

/** Referrers that are to be copied along with manifests. */
export interface ReferrersWrite {
  /** The repository that has them. */
  readonly source: Target;
  readonly target: Target;
  /** All that are to be in the target, as check has found them. */
  readonly wanted: Referrers;
  /** The resource's record so far: what it copied is not copied again, unless it drifted. */
  readonly record: ResourceRecord;
  /** The drift that check or a refresh has seen. */
  readonly drift: readonly Drift[];
  readonly onConflict: OnConflict;
  readonly strategy: CopyStrategy;
  readonly targetState: TargetState;
}

/** Result of copying referrers. */
export interface CopiedReferrers {
  /** The record with all that was done. */
  readonly record: ResourceRecord;
  /** Why some were not copied, or tags of cosign were not written. */
  readonly failures: readonly unknown[];
  /** Whether some of them were copied. */
  readonly isBegun: boolean;
}

/**
 * Copies referrers that are new, by digest, and lists them under their subjects' fallback tags where the registry does not do that
 * itself; then cosign's tags.
 * @throws ERR_NOT_FOUND when one is gone; what reading and writing throw.
 */
export async function copyListedReferrers(context: Context, write: ReferrersWrite): Promise<CopiedReferrers> {
  const { source, target, targetState } = write;
  const { referrers, tags } = missingReferrers(write);
  const digests = [...referrers.map(([digest]) => digest), ...tags.map(([, digest]) => digest)];
  const contents = await readAll(context, source, digests);
  const tree = { source, manifests: await treesOf(context, source, [...contents.values()]) };
  const copied = await write.strategy.copy(context, tree, target, targetState);
  const record = withPushed(write.record, foundAbsent(copied, targetState));
  const isBegun = copied.written.length > 0;
  if (copied.failures.length > 0) return { record, failures: copied.failures, isBegun };
  try {
    await listReferrers(context, target, referrers, contents);
  } catch (error) {
    return { record, failures: [error], isBegun };
  }
  return { ...(await putCosignTags(context, write, withReferrers(record, referrers), tags, contents)), isBegun };
}

type Entries = readonly (readonly [string, string])[];

/** The referrers and tags that the record does not have, or that check or a refresh did not find as recorded. */
function missingReferrers({ wanted, record, drift }: ReferrersWrite) {
  const drifted = new Set(drift.flatMap((seen) => Object.keys(seen)));
  const referrers: Entries = Object.entries(wanted.referrers).filter(
    ([digest]) => !record.referrers.has(digest) || drifted.has(referrerName(digest)),
  );
  const tags: Entries = Object.entries(wanted.referrerTags).filter(
    ([tag, digest]) => record.managed.get(tag)?.digest !== digest || drifted.has(tag),
  );
  return { referrers, tags };
}

async function putCosignTags(
  context: Context,
  { target, onConflict }: ReferrersWrite,
  record: ResourceRecord,
  tags: Entries,
  contents: ReadonlyMap<string, ManifestContent>,
): Promise<Pick<CopiedReferrers, "record" | "failures">> {
  const writes = tags.map(async ([tag, digest]) => {
    const content = contents.get(digest);
    return content ? writeTags(context, { target, content, tags: [tag], record, onConflict }) : [];
  });
  const outcomes = (await Promise.all(writes)).flat();
  return { record: withTags(record, outcomes, new Map(tags), onConflict), failures: errorsOf(outcomes) };
}

async function readAll(
  context: Context,
  source: Target,
  digests: readonly string[],
): Promise<ReadonlyMap<string, ManifestContent>> {
  const opened = sourceAt(context, source);
  const contents = [...new Set(digests)].map(
    async (digest) => [digest, await requireManifest(opened, digest)] as const,
  );
  return new Map(await Promise.all(contents));
}

/** An index can be a referrer, too: then all that it lists comes. */
async function treesOf(context: Context, source: Target, contents: readonly ManifestContent[]) {
  const store = repositoryStore(sourceAt(context, source));
  const trees = contents.map(async ({ descriptor }) =>
    isIndexMediaType(descriptor.mediaType) ? indexTree(store, [descriptor]) : [descriptor],
  );
  return (await Promise.all(trees)).flat();
}

async function listReferrers(
  context: Context,
  target: Target,
  referrers: Entries,
  contents: ReadonlyMap<string, ManifestContent>,
): Promise<void> {
  const repository = repositoryAt(context, target);
  const bySubject = new Map<string, ManifestContent[]>();
  for (const [digest, subject] of referrers) {
    const content = contents.get(digest);
    if (content) bySubject.set(subject, [...(bySubject.get(subject) ?? []), content]);
  }
  const lists = [...bySubject].map(([subject, listed]) =>
    addReferrers(context, repository, subject, listed.map(referrerDescriptor)),
  );
  await Promise.all(lists);
}
