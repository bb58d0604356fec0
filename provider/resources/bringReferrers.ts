import type { ManifestContent } from "../distribution/repository";
import { isIndexMediaType } from "../oci/mediaTypes";
import { indexTree } from "../sources/indexTree";
import { repositoryStore, requireManifest } from "../sources/repositoryManifest";
import { type Belief, foundAbsent } from "./bringManifests";
import type { Context } from "./context";
import { stringMap } from "./inputs";
import type { PropertyBag } from "./lifecycle";
import { listedName } from "./lostContent";
import type { Ownership } from "./ownership";
import { afterPushing, tagsOf } from "./ownership";
import type { Referrers } from "./referrers";
import { referrersOf } from "./referrers";
import { addReferrers, referrerDescriptor } from "./referrersTag";
import type { OnConflict } from "./tagInputs";
import { writeTags } from "./tagWrite";
import type { Target } from "./target";
import type { Transfer } from "./transfer";
import { errorsOf } from "./writeStep";

/** What is to come along with copied manifests. */
export interface ReferrersWrite {
  /** Where they are. */
  readonly home: Target;
  readonly target: Target;
  readonly wanted: Referrers;
  /** What the last run left: what it brought is not brought again, unless a refresh did not find it. */
  readonly state: PropertyBag | undefined;
  /** The ownership so far. */
  readonly owned: Ownership;
  readonly onConflict: OnConflict;
  readonly transfer: Transfer;
  readonly belief: Belief;
}

/** What became of them. */
export interface BroughtReferrers {
  /** Ownership with all of it: cosign's tags that we wrote are ours, those that we found are not. */
  readonly owned: Ownership;
  /** Why some were not brought, or tags of cosign were not written. */
  readonly failures: readonly unknown[];
  /** Whether some of them were brought. */
  readonly isBegun: boolean;
}

/** What drift calls a referrer. */
export function referrerName(digest: string): string {
  return listedName("referrer", digest);
}

/**
 * Brings referrers that are new, by digest, and lists them under their subjects' fallback tags where the registry does not do that
 * itself; then cosign's tags.
 * @throws ERR_NOT_FOUND when one is gone; what reading and writing throw.
 */
export async function bringReferrers(context: Context, write: ReferrersWrite): Promise<BroughtReferrers> {
  const { home, target, wanted, state, owned, belief } = write;
  const before = referrersOf(state);
  const drift = stringMap(state ?? {}, "drift") ?? {};
  const referrers = Object.entries(wanted.referrers).filter(
    ([digest]) => before.referrers[digest] === undefined || drift[referrerName(digest)] !== undefined,
  );
  const tags = Object.entries(wanted.referrerTags).filter(
    ([tag, digest]) => before.referrerTags[tag] !== digest || drift[tag] !== undefined,
  );
  const digests = [...referrers, ...tags.map(([, digest]) => [digest] as const)].map(([digest]) => digest);
  const contents = await readAll(context, home, digests);
  const tree = { home, manifests: await treesOf(context, home, [...contents.values()]) };
  const brought = await write.transfer.bring(context, tree, target, belief);
  const after = afterPushing(owned, foundAbsent(brought, belief));
  const isBegun = brought.written.length > 0;
  if (brought.failures.length > 0) return { owned: after, failures: brought.failures, isBegun };
  await listReferrers(context, target, referrers, contents);
  const ours = Object.keys(before.referrerTags);
  const outcomes = (
    await Promise.all(
      tags.map(async ([tag, digest]) => {
        const content = contents.get(digest);
        return content ? writeTags(context, { target, content, tags: [tag], ours, onConflict: write.onConflict }) : [];
      }),
    )
  ).flat();
  const written = tagsOf(outcomes, "written").map((tag) => [tag, wanted.referrerTags[tag] ?? ""]);
  return {
    owned: { ...after, childTags: { ...after.childTags, ...Object.fromEntries(written) } },
    failures: errorsOf(outcomes),
    isBegun,
  };
}

async function readAll(
  context: Context,
  home: Target,
  digests: readonly string[],
): Promise<ReadonlyMap<string, ManifestContent>> {
  const source = context.registry(home.connection).repository(home.repository);
  const contents = [...new Set(digests)].map(
    async (digest) => [digest, await requireManifest(source, digest)] as const,
  );
  return new Map(await Promise.all(contents));
}

/** An index can be a referrer, too: then all that it lists comes. */
async function treesOf(context: Context, home: Target, contents: readonly ManifestContent[]) {
  const store = repositoryStore(context.registry(home.connection).repository(home.repository));
  const trees = contents.map(async ({ descriptor }) =>
    isIndexMediaType(descriptor.mediaType) ? indexTree(store, [descriptor]) : [descriptor],
  );
  return (await Promise.all(trees)).flat();
}

async function listReferrers(
  context: Context,
  target: Target,
  referrers: readonly (readonly [digest: string, subject: string])[],
  contents: ReadonlyMap<string, ManifestContent>,
): Promise<void> {
  const repository = context.registry(target.connection).repository(target.repository);
  const bySubject = new Map<string, ManifestContent[]>();
  for (const [digest, subject] of referrers) {
    const content = contents.get(digest);
    if (content) bySubject.set(subject, [...(bySubject.get(subject) ?? []), content]);
  }
  const lists = [...bySubject].map(([subject, listed]) =>
    addReferrers(repository, subject, listed.map(referrerDescriptor)),
  );
  await Promise.all(lists);
}
