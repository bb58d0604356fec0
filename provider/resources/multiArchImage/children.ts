import type { Context } from "../context";
import { type Belief, type Brought, bringManifests } from "../copy/copyManifests";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import type { ResolvedEntry } from "./entry";

/** Brings the children that live elsewhere into the index's repository. */
export function bringChildren(
  context: Context,
  target: Target,
  entries: readonly ResolvedEntry[],
  belief: Belief,
): Promise<Brought> {
  const foreign = new Map(
    entries.flatMap(({ descriptor, home }) =>
      isElsewhere(home, target) ? [[descriptor.digest, { descriptor, home }]] : [],
    ),
  );
  return bringManifests(context, [...foreign.values()], target, belief);
}

function isElsewhere(home: Target | undefined, target: Target): home is Target {
  return home !== undefined && repositoryName(home) !== repositoryName(target);
}
