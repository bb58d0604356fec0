import { isIndexMediaType } from "../../oci/mediaTypes";
import { resolveRepositoryManifest } from "../../sources/repositoryManifest";
import type { Context } from "../context";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import {
  type Belief,
  type Brought,
  bringManifests,
  type HomedManifest,
  nothingBrought,
  together,
} from "./copyManifests";
import type { SourceTree } from "./copyPlan";
import { pushBlobs } from "./pushManifest";

/** A way in which content comes from one repository into another. */
export interface Transfer {
  /**
   * Brings all of a tree into a repository, unchanged: without failures, each of its manifests is there afterwards under its
   * digest, with all that it needs, and everything that the root needs. The root itself may come along; it is put under its tags
   * afterwards.
   */
  bring(context: Context, tree: SourceTree, target: Target, belief: Belief): Promise<Brought>;
}

/**
 * By this process: blobs are mounted within a registry, and otherwise pass through without being stored. Images come all at
 * once, and the indexes over them in their order.
 */
export const copying: Transfer = {
  async bring(context, { home, root, manifests }, target, belief) {
    if (repositoryName(home) === repositoryName(target)) return nothingBrought;
    const homed = manifests.map((descriptor) => ({ home, descriptor }));
    const groups = await Promise.all([
      bringManifests(
        context,
        homed.filter((manifest) => !isIndex(manifest)),
        target,
        belief,
      ),
      bringRootBlobs(context, home, root, target),
    ]);
    let brought = groups.reduce(together);
    for (const index of homed.filter(isIndex)) {
      if (brought.failures.length > 0) return brought;
      brought = together(brought, await bringManifests(context, [index], target, belief));
    }
    return brought;
  },
};

function isIndex({ descriptor }: HomedManifest): boolean {
  return isIndexMediaType(descriptor.mediaType);
}

/** A root that is no index needs its own blobs. */
async function bringRootBlobs(
  context: Context,
  home: Target,
  root: SourceTree["root"],
  target: Target,
): Promise<Brought> {
  if (root === undefined || isIndexMediaType(root.descriptor.mediaType)) return nothingBrought;
  const source = context.registry(home.connection).repository(home.repository);
  try {
    await pushBlobs(context, target, await resolveRepositoryManifest(source, root.descriptor));
    return nothingBrought;
  } catch (error) {
    return { written: [], failures: [error] };
  }
}
