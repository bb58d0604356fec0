import type { ResourceManager } from "../../azure/resourceManager";
import type { RegistryConnection } from "../../distribution/connection";
import type { Context } from "../context";

/** Azure Resource Manager as the identity that a registry's connection names, or the environment's. */
export function resourceManagerOf(context: Context, { address, credentials }: RegistryConnection): ResourceManager {
  const azure = credentials && "azure" in credentials ? credentials.azure : {};
  return context.resourceManager({ address, credentials: azure });
}
