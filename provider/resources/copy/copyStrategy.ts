import { isIndexMediaType } from "../../oci/mediaTypes";
import { resolveRepositoryManifest } from "../../sources/repositoryManifest";
import type { Context } from "../context";
import { sourceAt } from "../process/repositoryAt";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import {
  type Copied,
  copyManifests,
  nothingCopied,
  type SourcedManifest,
  type TargetState,
  together,
} from "./copyManifests";
import type { CopyPlan } from "./copyPlan";
import { pushBlobs } from "./pushManifest";

/** A way in which content comes from one repository into another. */
export interface CopyStrategy {
  /**
   * Brings all of a tree into a repository, unchanged: without failures, each of its manifests is there afterwards under its
   * digest, with all that it needs, and everything that the root needs. The root itself may come along; it is put under its tags
   * afterwards.
   */
  copy(context: Context, tree: CopyPlan, target: Target, targetState: TargetState): Promise<Copied>;
}

/**
 * By this process: blobs are mounted within a registry, and otherwise pass through without being stored. Images come all at
 * once, and the indexes over them in their order.
 */
export const streamedCopy: CopyStrategy = {
  async copy(context, { source, root, manifests }, target, targetState) {
    if (repositoryName(source) === repositoryName(target)) return nothingCopied;
    const sourced = manifests.map((descriptor) => ({ source, descriptor }));
    const groups = await Promise.all([
      copyManifests(
        context,
        sourced.filter((manifest) => !isIndex(manifest)),
        target,
        targetState,
      ),
      copyRootBlobs(context, source, root, target),
    ]);
    let copied = groups.reduce(together);
    for (const index of sourced.filter(isIndex)) {
      if (copied.failures.length > 0) return copied;
      copied = together(copied, await copyManifests(context, [index], target, targetState));
    }
    return copied;
  },
};

function isIndex({ descriptor }: SourcedManifest): boolean {
  return isIndexMediaType(descriptor.mediaType);
}

/** A root that is no index needs its own blobs. */
async function copyRootBlobs(
  context: Context,
  source: Target,
  root: CopyPlan["root"],
  target: Target,
): Promise<Copied> {
  if (root === undefined || isIndexMediaType(root.descriptor.mediaType)) return nothingCopied;
  const opened = sourceAt(context, source);
  try {
    await pushBlobs(context, target, await resolveRepositoryManifest(opened, root.descriptor));
    return nothingCopied;
  } catch (error) {
    return { written: [], failures: [error] };
  }
}
