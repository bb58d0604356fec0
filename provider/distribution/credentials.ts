import { findRegistryIdentity, requireRegistryIdentity } from "../azure/registryIdentity";
import type { AzureWorld } from "../azure/tokenRequest";
import { ProviderError } from "../errors";
import { isAzureRegistry } from "./azureRegistry";
import type { Credentials, RegistryConnection } from "./connection";
import { type EnvironmentSources, refreshing, resolveEnvironment } from "./environmentCredentials";
import { anonymous, basicCredentials, type ResolvedCredentials, registryTokenCredentials } from "./resolvedCredentials";

export type { ResolvedCredentials } from "./resolvedCredentials";

/** Where credentials are looked up. */
export interface CredentialSources extends AzureWorld, EnvironmentSources {
  /** A stack-config value by its key. */
  readonly config: (key: string) => string | undefined;
}

/**
 * A connection's credentials, looked up now. Every secret that is found is redacted from then on.
 *
 * Without explicit credentials, an Azure registry gets whom `findRegistryIdentity` finds; then, and for every other registry,
 * {@link resolveEnvironment} decides.
 * @param connection - `address` is matched exactly.
 * @param sources - the process's variables, and the stack's configuration.
 * @param repository - may have a login of its own; empty for the registry itself.
 * @returns anonymous when nothing knows the registry.
 * @throws ERR_INPUT_INVALID when a named variable or config key is missing or empty; ERR_AUTH when a file or a credential helper
 * is broken: a failure never falls through to another source. Only for an identity of Azure that nobody asked for it does, and is
 * thrown when nothing else knows the registry.
 */
export async function resolveCredentials(
  connection: RegistryConnection,
  sources: CredentialSources,
  repository = "",
): Promise<ResolvedCredentials> {
  const { address, credentials } = connection;
  if (credentials !== undefined && "azure" in credentials)
    return { kind: "entra", identity: await requireRegistryIdentity(credentials.azure, sources, address) };
  const isAzure = isAzureRegistry(connection);
  if (credentials !== undefined) return refreshing(isAzure, fromInputs(address, credentials, sources));
  const ofEnvironment = () => resolveEnvironment(address, sources, repository);
  return isAzure ? fromAzure(address, sources, ofEnvironment) : ofEnvironment();
}

async function fromAzure(
  address: string,
  sources: CredentialSources,
  ofEnvironment: () => Promise<ResolvedCredentials>,
): Promise<ResolvedCredentials> {
  try {
    const identity = await findRegistryIdentity(sources, address);
    return identity === undefined ? await ofEnvironment() : { kind: "entra", identity };
  } catch (error) {
    const found = await ofEnvironment();
    if (found.kind === "anonymous") throw error;
    return found;
  }
}

function fromInputs(
  address: string,
  credentials: Exclude<Credentials, { readonly azure: unknown }>,
  sources: CredentialSources,
): ResolvedCredentials {
  const variable = (field: string, name: string) =>
    sources.environment[name] || missing(`registry.credentials.${field}`, `the environment variable ${name}`, address);
  if ("anonymous" in credentials) return anonymous;
  if ("token" in credentials) return registryTokenCredentials(credentials.token);
  if ("password" in credentials) return basicCredentials(address, credentials.username, credentials.password);
  if ("passwordConfig" in credentials) {
    const { username, passwordConfig: key } = credentials;
    const what = `the stack's configuration value ${key}`;
    const password = sources.config(key) || missing("registry.credentials.passwordConfig", what, address);
    return basicCredentials(address, username, password);
  }
  const username =
    "usernameEnv" in credentials ? variable("usernameEnv", credentials.usernameEnv) : credentials.username;
  return basicCredentials(address, username, variable("passwordEnv", credentials.passwordEnv));
}

function missing(path: string, what: string, address: string): never {
  throw new ProviderError(
    "ERR_INPUT_INVALID",
    `${path}: ${what} is not set or empty, so there is no login for ${address}. Set it.`,
    { path },
  );
}
