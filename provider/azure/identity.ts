import { ProviderError } from "../errors";
import { applicationNeeds } from "./application";
import { findAzureCli } from "./azureCli";
import { findClientSecret } from "./clientSecret";
import {
  type AzureIdentity,
  type AzureMethod,
  azureMethods,
  type FindIdentity,
  type IdentitySearch,
} from "./credentials";
import { findManagedIdentity } from "./managedIdentity";
import { findOidc, findWorkloadIdentity } from "./oidc";
import { isOn } from "./variables";

const kinds: Readonly<Record<AzureMethod, { readonly find: FindIdentity; readonly needs: string }>> = {
  clientSecret: {
    find: findClientSecret,
    needs: `${applicationNeeds} with a client secret (the variable of \`clientSecretEnv\`, ARM_CLIENT_SECRET or AZURE_CLIENT_SECRET)`,
  },
  oidc: {
    find: findOidc,
    needs:
      `${applicationNeeds} with an OIDC token (the variable of \`oidcTokenEnv\` or ARM_OIDC_TOKEN, ARM_OIDC_TOKEN_FILE_PATH, ` +
      "ARM_OIDC_REQUEST_URL and _TOKEN; in GitHub Actions `permissions: id-token: write`)",
  },
  workloadIdentity: { find: findWorkloadIdentity, needs: `${applicationNeeds} with AZURE_FEDERATED_TOKEN_FILE` },
  managedIdentity: { find: findManagedIdentity, needs: "ARM_USE_MSI=true on a machine with a managed identity" },
  cli: { find: findAzureCli, needs: "az on PATH and somebody who is signed in to it (az login)" },
};

/**
 * Who signs in to Azure: by the method that the credentials name, else by the first for which the environment has what it needs.
 * @returns `undefined` when the environment says nothing of Azure.
 * @throws ERR_AUTH when a named method, or OIDC with ARM_USE_OIDC, lacks something.
 */
export async function findAzureIdentity(search: IdentitySearch): Promise<AzureIdentity | undefined> {
  const { credentials, world } = search;
  if (credentials.method !== undefined)
    return (await kinds[credentials.method].find(search)) ?? lacking(credentials.method);
  for (const method of azureMethods) {
    const identity = await kinds[method].find(search);
    if (identity !== undefined) return identity;
    if (method === "oidc" && isOn(world.environment, "ARM_USE_OIDC")) lacking(method);
  }
  return undefined;
}

/**
 * As {@link findAzureIdentity}, for credentials that ask for Azure.
 * @throws ERR_AUTH when there is nobody, too.
 */
export async function requireAzureIdentity(search: IdentitySearch): Promise<AzureIdentity> {
  return (await findAzureIdentity(search)) ?? lacking(...azureMethods);
}

function lacking(...methods: readonly AzureMethod[]): never {
  const needs = methods.map((method) => `${method}: ${kinds[method].needs}`).join("; ");
  const message = `There is no way to sign in to Azure. What it takes: ${needs}.`;
  throw new ProviderError("ERR_AUTH", message, { host: "azure" });
}
