import { cloudOf } from "./cloud";
import type { AzureIdentity, AzureMethod, IdentitySearch } from "./credentials";
import { type EntraToken, readEntraToken } from "./entraToken";
import { askForToken } from "./tokenRequest";
import { variable } from "./variables";

/** How an application proves who it is: its client secret, or a token of somebody whom it trusts. */
export type Proof = { readonly client_secret: string } | { readonly client_assertion: string };

/** The id of the application, or of a managed identity. */
export function clientIdOf({ credentials, world }: IdentitySearch): string | undefined {
  return credentials.clientId ?? variable(world.environment, "ARM_CLIENT_ID", "AZURE_CLIENT_ID")?.value;
}

function tenantIdOf({ credentials, world }: IdentitySearch): string | undefined {
  return credentials.tenantId ?? variable(world.environment, "ARM_TENANT_ID", "AZURE_TENANT_ID")?.value;
}

/**
 * The identity of an application of Entra.
 * @param means - what proves who it is, for messages: `client secret`.
 * @param prove - gets the proof, afresh for each token.
 * @returns `undefined` when its id or its tenant is not known.
 */
export function applicationIdentity(
  search: IdentitySearch,
  method: AzureMethod,
  means: string,
  prove: () => Promise<Proof>,
): AzureIdentity | undefined {
  const [tenantId, clientId] = [tenantIdOf(search), clientIdOf(search)];
  if (tenantId === undefined || clientId === undefined) return undefined;
  const name = `the application ${clientId} (${means})`;
  return {
    method,
    name,
    token: async (audience) => applicationToken(search, { tenantId, clientId, name }, await prove(), audience),
  };
}

/**
 * Gets an application's token by the OAuth 2 client credentials flow.
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
async function applicationToken(
  { world, address }: IdentitySearch,
  application: { readonly tenantId: string; readonly clientId: string; readonly name: string },
  proof: Proof,
  audience: string,
): Promise<EntraToken> {
  const { authority } = cloudOf(world.environment, address);
  const url = new URL(`/${encodeURIComponent(application.tenantId)}/oauth2/v2.0/token`, authority);
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: application.clientId,
    scope: `${audience}/.default`,
    ...proof,
    ...("client_assertion" in proof && {
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }),
  });
  const answer = await askForToken(world, { url, form, asker: application.name });
  return readEntraToken(answer, url.host, world.clock.now());
}

/** What an application needs beside its proof, for messages. */
export const applicationNeeds =
  "a tenant (`tenantId`, ARM_TENANT_ID or AZURE_TENANT_ID) and an application (`clientId`, ARM_CLIENT_ID or AZURE_CLIENT_ID)";
