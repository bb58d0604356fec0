import type { Context } from "../context";
import { bringManifest } from "../manifestPush";
import type { Target } from "../target";
import { repositoryName } from "../target";
import type { ResolvedEntry } from "./entry";

/**
 * Brings the children that live elsewhere into the index's repository, whole and unchanged.
 * @param looksFirst - whether to look if a child is there already, by digest: then it is left alone.
 * @param isHarmed - whether a child lacks blobs: these are brought all the same.
 * @returns digests of those that were looked for and were not there.
 * @throws what reading the source and writing the target throw; ERR_NOT_FOUND when a child's source is gone.
 */
export async function bringChildren(
  context: Context,
  target: Target,
  entries: readonly ResolvedEntry[],
  looksFirst: (digest: string) => boolean,
  isHarmed: (digest: string) => boolean = () => false,
): Promise<readonly string[]> {
  const foreign = new Map(
    entries.flatMap(({ descriptor, home }) =>
      isElsewhere(home, target) ? [[descriptor.digest, { descriptor, home }]] : [],
    ),
  );
  const pushed = await Promise.all(
    [...foreign.values()].map(async ({ descriptor, home }) => {
      const { digest } = descriptor;
      const options = { lookFirst: looksFirst(digest), isHarmed: isHarmed(digest) };
      return (await bringManifest(context, { home, descriptor }, target, options)) ? [digest] : [];
    }),
  );
  return pushed.flat();
}

function isElsewhere(home: Target | undefined, target: Target): home is Target {
  return home !== undefined && repositoryName(home) !== repositoryName(target);
}
