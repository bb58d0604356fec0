import { readFile } from "node:fs/promises";
import { ProviderError, rememberSecret } from "../errors";
import { optionalString } from "../oci/json";
import { applicationIdentity } from "./application";
import { secureUrl } from "./cloud";
import type { FindIdentity, IdentitySearch } from "./credentials";
import { type AzureWorld, askForToken } from "./tokenRequest";
import { isOn, type Variable, variable } from "./variables";

/** Where a token of somebody whom the application trusts can be had, and the variable to name when it cannot. */
interface TokenSource {
  readonly variable: Variable;
  read(): Promise<string>;
}

const audience = "api://AzureADTokenExchange";

/**
 * An application with a federated credential: `oidcTokenEnv` or ARM_OIDC_TOKEN holds the token, ARM_OIDC_TOKEN_FILE_PATH names
 * its file, ARM_OIDC_REQUEST_URL and _TOKEN or ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN say whom to ask for it.
 * Looked for when `method` or `oidcTokenEnv` is given, or ARM_USE_OIDC is on.
 */
export const findOidc: FindIdentity = (search) => {
  const { credentials, world } = search;
  const isMeant =
    credentials.method === "oidc" || credentials.oidcTokenEnv !== undefined || isOn(world.environment, "ARM_USE_OIDC");
  return isMeant ? federatedIdentity(search, "oidc", "OIDC", oidcSource(search)) : undefined;
};

/** An application with a federated credential, whose token is in the file that Kubernetes' workload identity mounts. */
export const findWorkloadIdentity: FindIdentity = (search) => {
  const file = variable(search.world.environment, "AZURE_FEDERATED_TOKEN_FILE");
  return federatedIdentity(search, "workloadIdentity", "workload identity", file && fileSource(file));
};

function federatedIdentity(
  search: IdentitySearch,
  method: "oidc" | "workloadIdentity",
  means: string,
  source: TokenSource | undefined,
) {
  if (source === undefined) return undefined;
  return applicationIdentity(search, method, means, async () => ({ client_assertion: await readToken(source) }));
}

function oidcSource({ credentials, world }: IdentitySearch): TokenSource | undefined {
  const { environment } = world;
  const held = variable(environment, credentials.oidcTokenEnv ?? "ARM_OIDC_TOKEN");
  if (held !== undefined) return { variable: held, read: async () => held.value };
  if (credentials.oidcTokenEnv !== undefined) return undefined;
  const file = variable(environment, "ARM_OIDC_TOKEN_FILE_PATH");
  if (file !== undefined) return fileSource(file);
  const url = variable(environment, "ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL");
  const bearer = variable(environment, "ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  return url && bearer && { variable: url, read: () => requestToken(world, url, bearer) };
}

function fileSource(file: Variable): TokenSource {
  return { variable: file, read: () => readTokenFile(file) };
}

/** Reads the token afresh: such tokens are short-lived, and files are renewed from outside. It is redacted from now on. */
async function readToken({ variable: { name }, read }: TokenSource): Promise<string> {
  const token = (await read()).trim();
  rememberSecret(token);
  if (token !== "") return token;
  throw unavailable(`What ${name} leads to holds no OIDC token. Give it one.`, name);
}

async function readTokenFile({ name, value }: Variable): Promise<string> {
  try {
    return await readFile(value, "utf8");
  } catch (cause) {
    throw unavailable(`The file ${value}, which ${name} names, cannot be read. Correct the variable.`, name, cause);
  }
}

/** @see https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token */
async function requestToken(world: AzureWorld, { name, value }: Variable, bearer: Variable): Promise<string> {
  rememberSecret(bearer.value);
  const url = secureUrl(value);
  if (url === undefined) throw unavailable(`The variable ${name} holds no https URL. Correct it.`, name);
  url.searchParams.set("audience", audience);
  const authorization = `Bearer ${bearer.value}`;
  const answer = await askForToken(world, { url, authorization, asker: "this job (OIDC)" });
  return optionalString(answer, "value") ?? "";
}

function unavailable(message: string, host: string, cause?: unknown): ProviderError<"ERR_AUTH"> {
  return new ProviderError("ERR_AUTH", message, { host }, { cause });
}
