import { isAzureRegistry } from "../azureRegistry";
import type { RegistryConnection } from "../connection";
import type { RepositoryAccess } from "../repositoryAccess";
import { azureProfile } from "./azure";
import { genericProfile } from "./generic";
import type { RegistryProfile } from "./profile";

/** The profile of the registry at a connection's address; no request is made. */
export function profileOf(
  connection: Pick<RegistryConnection, "address" | "credentials">,
): RegistryProfile<RepositoryAccess> {
  return isAzureRegistry(connection) ? azureProfile : genericProfile;
}
