import { type ImportSource, importImage } from "../../azure/importImage";
import { hasCode, hasStatus, messageOf, ProviderError } from "../../errors";
import { isLoopbackAddress, referenceTo } from "../../oci/reference";
import type { Context } from "../context";
import type { CopyPlan } from "../copy/copyPlan";
import { repositoryAt } from "../process/repositoryAt";
import { resourceManagerOf } from "../process/resourceManager";
import { inputError } from "../properties/readers";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";

/** Azure takes no image that lists more. */
const mostManifests = 50;

/** Has Azure itself bring content from one repository into another: no blob comes to this machine. */
export interface AzureImporter {
  /**
   * Brings a manifest, with all that it lists.
   * @param tags - that are to name it; without any, it comes under its digest alone.
   * @param mode - `NoForce` fails where one of the tags exists; `Force` moves them, whoever holds or has locked them.
   * @throws as `importImage`, with what to do about it.
   */
  importManifest(digest: string, tags: readonly string[], mode: "NoForce" | "Force"): Promise<void>;
}

/**
 * Where the target is a registry of Azure whose resource id is known, and Azure can reach the source. Within one registry there is
 * none, because mounting costs less.
 */
export function azureImporter(context: Context, source: Target, target: Target): AzureImporter | undefined {
  const registryId = importingRegistry(source, target);
  if (registryId === undefined) return undefined;
  return {
    async importManifest(digest, tags, mode) {
      const { arm } = resourceManagerOf(context, target.connection);
      const importSource = await sourceOf(context, source);
      const under =
        tags.length > 0
          ? { targetTags: tags.map((tag) => `${target.repository}:${tag}`) }
          : { targetTags: [], untaggedTargetRepositories: [target.repository] };
      try {
        await importImage(arm, {
          registryId,
          source: importSource,
          repository: source.repository,
          digest,
          ...under,
          mode,
        });
      } catch (error) {
        throw withHint(error, source);
      }
      const repository = repositoryAt(context, target);
      for (const tag of tags) repository.expectManifest(tag, digest);
    },
  };
}

/**
 * Makes sure that Azure takes a whole image, where it is to bring it.
 * @throws ERR_INPUT_INVALID with the source's path for one of more than 50 manifests.
 */
export function assertImportable({ source, root, manifests }: CopyPlan, target: Target): void {
  const isBrought = importingRegistry(source, target) !== undefined;
  if (root === undefined || !isBrought || manifests.length <= mostManifests) return;
  const reference = referenceTo(repositoryName(source), root.descriptor.digest);
  throw inputError(
    "source.image",
    `${reference} lists ${manifests.length} manifests, and Azure imports an image of ${mostManifests} at most. Name the platforms that ` +
      `are needed, or give ${target.connection.address} without its resource id: then the image is copied through this machine.`,
  );
}

/** The resource id of the registry that Azure is to bring content into; `undefined` where it cannot. */
function importingRegistry(source: Target, target: Target): string | undefined {
  const { address, resourceId } = source.connection;
  const canReach = address !== target.connection.address && (resourceId !== undefined || !isLoopbackAddress(address));
  return canReach ? target.connection.resourceId : undefined;
}

async function sourceOf(context: Context, { connection, repository }: Target): Promise<ImportSource> {
  const { resourceId, address } = connection;
  if (resourceId !== undefined) return { resourceId };
  const credentials = await context.registry(connection).login(repository);
  return { address, ...(credentials && { credentials }) };
}

function withHint(error: unknown, { connection }: Target): unknown {
  if (!hasStatus(error, 400, 401, 403, 404) || !hasCode(error, "ERR_REGISTRY")) return error;
  const hint = `Azure has to reach and read ${connection.address} itself: give the source's registry with its id or credentials, or the target's without its id to copy through this machine.`;
  return new ProviderError("ERR_REGISTRY", `${messageOf(error)} ${hint}`, error.details, { cause: error });
}
