import type { RegistryConnection } from "./connection";

const azureHost = /\.azurecr\.(?:io|cn|us|de)(?::\d+)?$/;

/**
 * Whether a registry is an Azure Container Registry, with its own ways to sign in, remove tags and lock them: by its name
 * (`contoso.azurecr.io`, `contoso.eastus.geo.azurecr.io`), or because its credentials say so.
 */
export function isAzureRegistry({
  address,
  credentials,
}: Pick<RegistryConnection, "address" | "credentials">): boolean {
  return azureHost.test(address) || (credentials !== undefined && "azure" in credentials);
}
