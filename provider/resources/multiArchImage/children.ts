import type { Context } from "../context";
import { bringManifest } from "../manifestPush";
import type { Target } from "../target";
import { repositoryName } from "../target";
import type { ResolvedEntry } from "./entry";

/** What became of the children that live elsewhere. */
export interface Brought {
  /** Digests of those that were written. */
  readonly written: readonly string[];
  /** Why others were not brought: what reading the source and writing the target throw. */
  readonly failures: readonly unknown[];
}

/**
 * Brings the children that live elsewhere into the index's repository, whole and unchanged. One child's failure does not keep
 * the others from being brought.
 * @param looksFirst - whether to look if a child is there already, by digest: then it is left alone.
 * @param isHarmed - whether a child lacks blobs: these are brought all the same.
 */
export async function bringChildren(
  context: Context,
  target: Target,
  entries: readonly ResolvedEntry[],
  looksFirst: (digest: string) => boolean,
  isHarmed: (digest: string) => boolean = () => false,
): Promise<Brought> {
  const foreign = new Map(
    entries.flatMap(({ descriptor, home }) =>
      isElsewhere(home, target) ? [[descriptor.digest, { descriptor, home }]] : [],
    ),
  );
  const results = await Promise.allSettled(
    [...foreign.values()].map(async ({ descriptor, home }) => {
      const { digest } = descriptor;
      const options = { lookFirst: looksFirst(digest), isHarmed: isHarmed(digest) };
      return (await bringManifest(context, { home, descriptor }, target, options)) ? [digest] : [];
    }),
  );
  return {
    written: results.flatMap((result) => (result.status === "fulfilled" ? result.value : [])),
    failures: results.flatMap((result) => (result.status === "rejected" ? [result.reason] : [])),
  };
}

function isElsewhere(home: Target | undefined, target: Target): home is Target {
  return home !== undefined && repositoryName(home) !== repositoryName(target);
}
