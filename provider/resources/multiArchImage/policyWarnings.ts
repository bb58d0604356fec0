import { type RegistryPolicies, readRegistryPolicies } from "../../azure/registryPolicies";
import type { ResourceManager } from "../../azure/resourceManager";
import { isProviderError } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import { mediaTypes } from "../../oci/mediaTypes";
import type { Context } from "../context";
import { resourceManagerOf } from "../process/resourceManager";
import type { PropertyBag } from "../properties/bag";
import { parseTagBehaviour } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import { parseChildTag } from "./childTag";

// One look a process and registry. The process's connection stands for who looks.
const looks = new WeakMap<ResourceManager, Map<string, Promise<RegistryPolicies>>>();

/**
 * Warns of what an Azure registry's policies will do to an index, where its resource id is known and its policies may be read:
 * retention, which deletes images without tags, and soft delete, which refuses what was deleted.
 * @param children - what the index lists.
 */
export async function warnOfPolicies(
  context: Context,
  { connection }: Target,
  inputs: PropertyBag,
  children: readonly Descriptor[],
): Promise<void> {
  const { resourceId, address } = connection;
  if (resourceId === undefined) return;
  const { retentionDays, softDeleteDays } = await lookAtPolicies(resourceManagerOf(context, connection), resourceId);
  const collected = children.filter(({ mediaType }) => mediaType === mediaTypes.dockerManifest);
  if (retentionDays !== undefined && collected.length > 0 && parseChildTag(inputs) === undefined)
    context.warn(
      `${address} deletes manifests in Docker's format that have had no tag for ${retentionDays} days, and ${collected.length} of this ` +
        'index\'s images have none. Set childTag: "{tag}-{os}-{arch}{variant}", so that they do.',
    );
  if (softDeleteDays !== undefined && parseTagBehaviour(inputs).onDelete === "delete")
    context.warn(
      `${address} keeps deleted manifests for ${softDeleteDays} days and refuses to take them again meanwhile. ` +
        'With onDelete: "untag" none is deleted.',
    );
}

/** Nothing where whoever runs this may not ask: the policies are Azure's to enforce, this only tells of them. */
async function lookAtPolicies(manager: ResourceManager, registryId: string): Promise<RegistryPolicies> {
  const known = looks.get(manager) ?? new Map<string, Promise<RegistryPolicies>>();
  looks.set(manager, known);
  const look = known.get(registryId) ?? readRegistryPolicies(manager.arm, registryId);
  known.set(registryId, look);
  try {
    return await look;
  } catch (error) {
    if (!isProviderError(error)) throw error;
    return {};
  }
}
