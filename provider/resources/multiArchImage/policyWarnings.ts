import { type RegistryPolicies, readRegistryPolicies } from "../../azure/registryPolicies";
import type { ResourceManager } from "../../azure/resourceManager";
import { isProviderError } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import { mediaTypes } from "../../oci/mediaTypes";
import type { Context } from "../context";
import { resourceManagerOf } from "../process/resourceManager";
import type { TagBehaviour } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import type { IndexInputs } from "./inputs";

// Read once for each process and registry: the connection stands for the identity that reads.
const policies = new WeakMap<ResourceManager, Map<string, Promise<RegistryPolicies>>>();

/** An index on a registry that may have policies. */
interface PolicedIndex {
  readonly target: Target;
  readonly inputs: IndexInputs;
  readonly behaviour: TagBehaviour;
}

/**
 * Warns of what an Azure registry's policies will do to an index, where its resource id is known and its policies may be read:
 * retention, which deletes images without tags, and soft delete, which refuses what was deleted.
 * @param children - what the index lists.
 */
export async function warnOfPolicies(
  context: Context,
  { target: { connection }, inputs, behaviour }: PolicedIndex,
  children: readonly Descriptor[],
): Promise<void> {
  const { resourceId, address } = connection;
  if (resourceId === undefined) return;
  const { retentionDays, softDeleteDays } = await knownPolicies(resourceManagerOf(context, connection), resourceId);
  const collected = children.filter(({ mediaType }) => mediaType === mediaTypes.dockerManifest);
  if (retentionDays !== undefined && collected.length > 0 && inputs.childTag === undefined)
    context.warn(
      `${address} deletes manifests in Docker's format that have had no tag for ${retentionDays} days, and ${collected.length} of this ` +
        'index\'s images have none. Set childTag: "{tag}-{os}-{arch}{variant}", so that they do.',
    );
  if (softDeleteDays !== undefined && behaviour.onDelete === "delete")
    context.warn(
      `${address} keeps deleted manifests for ${softDeleteDays} days and refuses to take them again meanwhile. ` +
        'With onDelete: "untag" none is deleted.',
    );
}

/** Without the right to read them, none: Azure enforces the policies, this only warns of them. */
async function knownPolicies(manager: ResourceManager, registryId: string): Promise<RegistryPolicies> {
  const known = policies.get(manager) ?? new Map<string, Promise<RegistryPolicies>>();
  policies.set(manager, known);
  const reading = known.get(registryId) ?? readRegistryPolicies(manager.arm, registryId);
  known.set(registryId, reading);
  try {
    return await reading;
  } catch (error) {
    if (!isProviderError(error)) throw error;
    return {};
  }
}
