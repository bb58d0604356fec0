import { type ImportSource, importImage } from "../../azure/importImage";
import { hasCode, hasStatus, messageOf, ProviderError } from "../../errors";
import { isIndexMediaType } from "../../oci/mediaTypes";
import { isLoopbackAddress, referenceTo } from "../../oci/reference";
import type { Context } from "../context";
import { isAbsent } from "../manifestPush";
import { resourceManagerOf } from "../resourceManager";
import type { Target } from "../target";
import { repositoryName } from "../target";
import type { SourceTree } from "./sourceTree";
import { copying, type Transfer } from "./transfer";

/** Azure refuses an image with more. */
const mostManifests = 50;

/**
 * By Azure itself, where the target is a registry of Azure whose resource id is known: no blob comes to this machine. Content
 * comes by digest and without a tag, so that tags are written, and refused where they are locked, as always: Azure's own import
 * would move a locked one. Mounting within one registry costs even less, and what nobody but this machine can reach is copied by it.
 */
export const azureImport: Transfer = {
  async bring(context, tree, target, belief) {
    const registryId = target.connection.resourceId;
    const needsCopy = tree.manifests.some(({ digest }) => belief.isHarmed(digest));
    if (registryId === undefined || needsCopy || !canAzureReach(tree.home, target))
      return copying.bring(context, tree, target, belief);
    const repository = context.registry(target.connection).repository(target.repository);
    const looks = tree.manifests.map(async ({ digest }) =>
      belief.looksFirst(digest) && (await isAbsent(repository, digest)) ? [digest] : [],
    );
    const absent = (await Promise.all(looks)).flat();
    const isThere =
      tree.manifests.length > 0 &&
      tree.manifests.every(({ digest }) => belief.looksFirst(digest)) &&
      absent.length === 0;
    if (!isThere) await importAll(context, tree, target, registryId);
    return absent;
  },
};

function canAzureReach(home: Target, target: Target): boolean {
  const { address, resourceId } = home.connection;
  return address !== target.connection.address && (resourceId !== undefined || !isLoopbackAddress(address));
}

/** One import brings an index with all of its images, as long as Azure takes so many; else one for each image. */
async function importAll(context: Context, tree: SourceTree, target: Target, registryId: string): Promise<void> {
  const { arm } = resourceManagerOf(context, target.connection);
  const { home } = tree;
  const source = await sourceOf(context, home);
  const images = tree.manifests.filter(({ mediaType }) => !isIndexMediaType(mediaType));
  const isWhole = tree.root !== undefined && tree.manifests.length < mostManifests;
  const digests = isWhole ? [tree.root.descriptor.digest] : images.map(({ digest }) => digest);
  for (const [index, digest] of digests.entries()) {
    context.inform(`Azure imports ${referenceTo(repositoryName(home), digest)} (${index + 1} of ${digests.length})`);
    const request = { registryId, source, repository: home.repository, digest, targetTags: [] };
    await importImage(arm, { ...request, untaggedTargetRepositories: [target.repository], mode: "NoForce" }).catch(
      (error: unknown) => {
        throw withHint(error, home);
      },
    );
  }
  await assertThere(context, tree, target, isWhole);
}

async function sourceOf(context: Context, { connection }: Target): Promise<ImportSource> {
  const { resourceId, address } = connection;
  if (resourceId !== undefined) return { resourceId };
  const credentials = await context.registry(connection).login();
  return { address, ...(credentials && { credentials }) };
}

/** Azure says that it succeeded also where something is missing (azure-cli issue 29974). */
async function assertThere(context: Context, tree: SourceTree, target: Target, isWhole: boolean): Promise<void> {
  const repository = context.registry(target.connection).repository(target.repository);
  const images = tree.manifests.filter(({ mediaType }) => !isIndexMediaType(mediaType));
  const expected = isWhole ? tree.manifests : images;
  for (const { digest } of expected) {
    if (!(await isAbsent(repository, digest))) continue;
    const reference = referenceTo(repositoryName(target), digest);
    const message = `Azure says that its import succeeded, but ${reference} is not there. Run again; what is there already is not imported again.`;
    throw new ProviderError("ERR_NOT_FOUND", message, { reference });
  }
  if (isWhole) return;
  // Of images that came one by one, the indexes are brought by us: they are small, and what they list is there.
  const indexes = tree.manifests.filter(({ mediaType }) => isIndexMediaType(mediaType));
  if (indexes.length === 0) return;
  const { home } = tree;
  await copying.bring(context, { home, manifests: indexes }, target, { looksFirst: () => true, isHarmed: () => false });
}

function withHint(error: unknown, { connection }: Target): unknown {
  if (!hasStatus(error, 400, 401, 403, 404) || !hasCode(error, "ERR_REGISTRY")) return error;
  const hint = `Azure has to reach and read ${connection.address} itself: give the source's registry with its id or credentials, or the target's without its id to copy through this machine.`;
  return new ProviderError("ERR_REGISTRY", `${messageOf(error)} ${hint}`, error.details, { cause: error });
}
