import { hasCode } from "../errors";
import { cloudOf, registryAudience } from "./cloud";
import type { AzureCredentials, AzureIdentity } from "./credentials";
import { entraErrorOf } from "./entraRefusal";
import type { EntraToken } from "./entraToken";
import { findAzureIdentity, requireAzureIdentity } from "./identity";
import type { AzureWorld } from "./tokenRequest";

/** Who signs in to a registry of Azure. */
export interface RegistryIdentity {
  /** For messages. */
  readonly name: string;
  /**
   * A token to be exchanged at the registry: for the audience of registries, or, in a tenant that does not know that one, for
   * the one of Azure Resource Manager.
   * @throws as {@link AzureIdentity.token}.
   */
  token(): Promise<EntraToken & { readonly audience: "registry" | "resourceManager" }>;
}

/**
 * Who signs in to a registry, by its credentials.
 * @throws as `requireAzureIdentity`.
 */
export async function requireRegistryIdentity(
  credentials: AzureCredentials,
  world: AzureWorld,
  address: string,
): Promise<RegistryIdentity> {
  return forRegistry(
    await requireAzureIdentity({ credentials, world, audience: registryAudience, address }),
    world,
    address,
  );
}

/**
 * Who signs in to a registry, by what the environment holds.
 * @returns `undefined` when that says nothing of Azure.
 * @throws as `findAzureIdentity`.
 */
export async function findRegistryIdentity(world: AzureWorld, address: string): Promise<RegistryIdentity | undefined> {
  const identity = await findAzureIdentity({ credentials: {}, world, audience: registryAudience, address });
  return identity && forRegistry(identity, world, address);
}

function forRegistry(identity: AzureIdentity, { environment }: AzureWorld, address: string): RegistryIdentity {
  return {
    name: identity.name,
    async token() {
      try {
        return { ...(await identity.token(registryAudience)), audience: "registry" };
      } catch (error) {
        if (!hasCode(error, "ERR_AUTH") || entraErrorOf(error.message) !== unknownAudience) throw error;
        const { resourceManager } = cloudOf(environment, address);
        return { ...(await identity.token(resourceManager.origin)), audience: "resourceManager" };
      }
    },
  };
}

const unknownAudience = "500011";
