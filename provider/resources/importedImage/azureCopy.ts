import { ProviderError } from "../../errors";
import { isIndexMediaType } from "../../oci/mediaTypes";
import { referenceTo } from "../../oci/reference";
import type { Context } from "../context";
import { type Copied, nothingCopied, together } from "../copy/copyManifests";
import type { CopyPlan } from "../copy/copyPlan";
import { type CopyStrategy, streamedCopy } from "../copy/copyStrategy";
import { isAbsent } from "../copy/pushManifest";
import { repositoryAt } from "../process/repositoryAt";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import { type AzureImporter, assertImportable, azureImporter } from "./azureImporter";

/**
 * By Azure itself, where it can: no blob comes to this machine. Content comes by digest and without a tag, so that no tag names
 * anything of which something is missing. What lacks blobs is copied by this machine, because Azure does not look at them.
 */
export const azureCopy: CopyStrategy = {
  async copy(context, tree, target, targetState) {
    const importer = azureImporter(context, tree.source, target);
    const digests = digestsOf(tree);
    if (importer === undefined || digests.some((digest) => targetState.isHarmed(digest)))
      return streamedCopy.copy(context, tree, target, targetState);
    const repository = repositoryAt(context, target);
    const looks = digests.map(async (digest) =>
      targetState.mayHave(digest) && !(await isAbsent(repository, digest)) ? [] : [digest],
    );
    const lacking = (await Promise.all(looks)).flat();
    return lacking.length > 0 ? importLacking(context, importer, tree, target, lacking) : nothingCopied;
  },
};

function digestsOf({ root, manifests }: CopyPlan): readonly string[] {
  return [...manifests, ...(root ? [root.descriptor] : [])].map(({ digest }) => digest);
}

/** One import brings an index with all of its images. Where only some of them come, each is imported. */
async function importLacking(
  context: Context,
  importer: AzureImporter,
  tree: CopyPlan,
  target: Target,
  lacking: readonly string[],
): Promise<Copied> {
  const { source, root, manifests } = tree;
  const images = manifests.filter(({ digest, mediaType }) => lacking.includes(digest) && !isIndexMediaType(mediaType));
  const digests = root === undefined ? images.map(({ digest }) => digest) : [root.descriptor.digest];
  const imported: string[] = [];
  try {
    assertImportable(tree, target);
    for (const [index, digest] of digests.entries()) {
      context.inform(
        `Azure imports ${referenceTo(repositoryName(source), digest)} (${index + 1} of ${digests.length})`,
      );
      await importer.importManifest(digest, [], "NoForce");
      imported.push(digest);
    }
    await assertThere(context, target, root === undefined ? digests : digestsOf(tree));
  } catch (error) {
    return { written: imported, failures: [error] };
  }
  if (root !== undefined) return { written: lacking, failures: [] };
  return together({ written: imported, failures: [] }, await copyIndexes(context, tree, target));
}

/** Azure says that it succeeded also where something is missing (azure-cli issue 29974). */
async function assertThere(context: Context, target: Target, digests: readonly string[]): Promise<void> {
  const repository = repositoryAt(context, target);
  for (const digest of digests) repository.expectManifest(digest, digest);
  for (const digest of digests) {
    if (!(await isAbsent(repository, digest))) continue;
    const reference = referenceTo(repositoryName(target), digest);
    const message = `Azure says that its import succeeded, but ${reference} is not there. Run again; what is there already is not imported again.`;
    throw new ProviderError("ERR_NOT_FOUND", message, { reference });
  }
}

/** Of images that came one by one, the indexes are brought by us: they are small, and what they list is there. */
async function copyIndexes(context: Context, { source, manifests }: CopyPlan, target: Target): Promise<Copied> {
  const indexes = manifests.filter(({ mediaType }) => isIndexMediaType(mediaType));
  return streamedCopy.copy(context, { source, manifests: indexes }, target, {
    mayHave: () => true,
    isHarmed: () => false,
  });
}
