import type { Descriptor } from "../../oci/descriptor";
import { isIndexMediaType } from "../../oci/mediaTypes";
import { resolveRepositoryManifest } from "../../sources/repositoryManifest";
import type { Context } from "../context";
import { bringManifest, pushBlobs } from "../manifestPush";
import type { Target } from "../target";
import { repositoryName } from "../target";
import type { SourceTree } from "./sourceTree";

/** What is believed of the target, by digest of a manifest. */
export interface Belief {
  /** Whether to look if it is there already: then it is left alone. */
  looksFirst(digest: string): boolean;
  /** Whether it is there but lacks blobs. */
  isHarmed(digest: string): boolean;
}

/** A way in which content comes from one repository into another. */
export interface Transfer {
  /**
   * Brings all of a tree into a repository, unchanged: afterwards each of its manifests is there under its digest, with all that
   * it needs, and everything that the root needs. The root itself may come along; it is put under its tags afterwards.
   * @returns digests of those that were looked for and were not there.
   * @throws ERR_NOT_FOUND when something is gone from the source; what reading it and writing the target throw.
   */
  bring(context: Context, tree: SourceTree, target: Target, belief: Belief): Promise<readonly string[]>;
}

/**
 * By this process: blobs are mounted within a registry, and otherwise pass through without being stored. Images come all at
 * once, and the indexes over them in their order.
 */
export const copying: Transfer = {
  async bring(context, { home, root, manifests }, target, { looksFirst, isHarmed }) {
    if (repositoryName(home) === repositoryName(target)) return [];
    const bring = async (descriptor: Descriptor) => {
      const { digest } = descriptor;
      const options = { lookFirst: looksFirst(digest), isHarmed: isHarmed(digest) };
      const isWritten = await bringManifest(context, { home, descriptor }, target, options);
      return isWritten && options.lookFirst ? [digest] : [];
    };
    const images = manifests.filter(({ mediaType }) => !isIndexMediaType(mediaType));
    const [pushed] = await Promise.all([Promise.all(images.map(bring)), bringRootBlobs(context, home, root, target)]);
    const indexes: string[] = [];
    for (const index of manifests) if (isIndexMediaType(index.mediaType)) indexes.push(...(await bring(index)));
    return [...pushed.flat(), ...indexes];
  },
};

/** A root that is no index needs its own blobs. */
async function bringRootBlobs(context: Context, home: Target, root: SourceTree["root"], target: Target): Promise<void> {
  if (root === undefined || isIndexMediaType(root.descriptor.mediaType)) return;
  const source = context.registry(home.connection).repository(home.repository);
  await pushBlobs(context, target, await resolveRepositoryManifest(source, root.descriptor));
}
