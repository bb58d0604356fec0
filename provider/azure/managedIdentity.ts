import { ProviderError } from "../errors";
import { clientIdOf } from "./application";
import { secureUrl } from "./cloud";
import type { FindIdentity } from "./credentials";
import { readEntraToken } from "./entraToken";
import { type AzureWorld, askForToken, type TokenRequest } from "./tokenRequest";
import { isOn, variable } from "./variables";

const instanceMetadata = "http://169.254.169.254";

/**
 * The managed identity of the machine, or of the App Service, Container App or Function that this runs in (IDENTITY_ENDPOINT
 * and IDENTITY_HEADER). AZURE_POD_IDENTITY_AUTHORITY_HOST stands in for where a machine's metadata is.
 * Looked for when `method` is given, ARM_USE_MSI is on, or IDENTITY_ENDPOINT is set.
 * @see https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 * @see https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export const findManagedIdentity: FindIdentity = (search) => {
  const { credentials, world } = search;
  const isMeant =
    credentials.method === "managedIdentity" ||
    isOn(world.environment, "ARM_USE_MSI") ||
    variable(world.environment, "IDENTITY_ENDPOINT") !== undefined;
  if (!isMeant) return undefined;
  const clientId = clientIdOf(search);
  const name = `the managed identity${clientId === undefined ? "" : ` ${clientId}`}`;
  return {
    method: "managedIdentity",
    name,
    async token(audience) {
      const request = { ...endpoint(world), asker: name, isLocal: true } as const;
      request.url.searchParams.set("resource", audience);
      if (clientId !== undefined) request.url.searchParams.set("client_id", clientId);
      return readEntraToken(await askForToken(world, request), request.url.host, world.clock.now());
    },
  };
};

function endpoint({ environment }: AzureWorld): Pick<TokenRequest, "url" | "headers"> {
  const { IDENTITY_ENDPOINT: service, IDENTITY_HEADER: header } = environment;
  if (service && header) {
    const url = requireUrl("IDENTITY_ENDPOINT", service);
    url.searchParams.set("api-version", "2019-08-01");
    return { url, headers: { "x-identity-header": header } };
  }
  const base = environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] || instanceMetadata;
  const url = new URL("/metadata/identity/oauth2/token", requireUrl("AZURE_POD_IDENTITY_AUTHORITY_HOST", base));
  url.searchParams.set("api-version", "2018-02-01");
  return { url, headers: { metadata: "true" } };
}

/** Link-local addresses are this machine's host: there, http is as good as it gets. */
function requireUrl(name: string, text: string): URL {
  const url = /^http:\/\/169\.254\.\d{1,3}\.\d{1,3}(:\d+)?(\/|$)/.test(text) ? new URL(text) : secureUrl(text);
  if (url !== undefined) return url;
  const message = `The environment variable ${name} holds no https URL, and none of this machine. Correct it, or unset it.`;
  throw new ProviderError("ERR_INPUT_INVALID", message, { path: name });
}
