import type { Context } from "../context";
import { type Copied, copyManifests, type TargetState } from "../copy/copyManifests";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import type { ResolvedEntry } from "./entry";

/** Brings the children that live elsewhere into the index's repository. */
export function copyChildren(
  context: Context,
  target: Target,
  entries: readonly ResolvedEntry[],
  targetState: TargetState,
): Promise<Copied> {
  const foreign = new Map(
    entries.flatMap(({ descriptor, source }) =>
      isElsewhere(source, target) ? [[descriptor.digest, { descriptor, source }]] : [],
    ),
  );
  return copyManifests(context, [...foreign.values()], target, targetState);
}

function isElsewhere(source: Target | undefined, target: Target): source is Target {
  return source !== undefined && repositoryName(source) !== repositoryName(target);
}
