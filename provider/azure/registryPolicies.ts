import { asObject, type JsonObject, optionalField, optionalString } from "../oci/json";
import { type ArmClient, armUrl } from "./arm";

/** What a registry does to manifests by itself; in days, absent while the policy is off. */
export interface RegistryPolicies {
  /** Untagged manifests in Docker's format are deleted after so many days; 0: within seconds. */
  readonly retentionDays?: number;
  /** Deleted manifests are kept for so many days, and refused when they are pushed again. */
  readonly softDeleteDays?: number;
}

// The version that azure-native 3 uses; stable ones say nothing of soft delete, which is a preview.
const apiVersion = "2023-01-01-preview";

/**
 * Reads a registry's policies.
 * @param registryId - its resource id.
 * @throws as {@link ArmClient.send}.
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-retention-policy
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-soft-delete-policy
 */
export async function readRegistryPolicies(arm: ArmClient, registryId: string): Promise<RegistryPolicies> {
  const { body } = await arm.send({ method: "GET", url: armUrl(arm, registryId, apiVersion), isRepeatable: true });
  const policies = memberOf(memberOf(body, "properties"), "policies");
  const retentionDays = daysOf(memberOf(policies, "retentionPolicy"), "days");
  const softDeleteDays = daysOf(memberOf(policies, "softDeletePolicy"), "retentionDays");
  return {
    ...(retentionDays !== undefined && { retentionDays }),
    ...(softDeleteDays !== undefined && { softDeleteDays }),
  };
}

function memberOf(object: JsonObject | undefined, name: string): JsonObject | undefined {
  return object && optionalField(object, name, asObject);
}

function daysOf(policy: JsonObject | undefined, name: string): number | undefined {
  if (policy === undefined || optionalString(policy, "status")?.toLowerCase() !== "enabled") return undefined;
  return optionalField(policy, name, Number) ?? 0;
}
