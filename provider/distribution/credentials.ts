import { join } from "node:path";
import { findRegistryIdentity, requireRegistryIdentity } from "../azure/registryIdentity";
import type { AzureWorld } from "../azure/tokenRequest";
import { ProviderError } from "../errors";
import type { Environment } from "../program";
import { readAuthFile } from "./authFile";
import { isAzureRegistry } from "./azureRegistry";
import type { Credentials, RegistryConnection } from "./connection";
import { askCredentialHelper } from "./credentialHelper";
import { type DockerConfig, dockerConfigLimit, parseDockerConfig } from "./dockerConfig";
import {
  anonymous,
  basicCredentials,
  identityTokenCredentials,
  type ResolvedCredentials,
  registryTokenCredentials,
} from "./resolvedCredentials";

export type { ResolvedCredentials } from "./resolvedCredentials";

/** Where credentials are looked up. */
export interface CredentialSources extends AzureWorld {
  /** A stack-config value by its key. */
  readonly config: (key: string) => string | undefined;
  /** Receives warnings, for example of a file that others may read. */
  readonly notify?: (message: string) => void;
}

/**
 * A connection's credentials, looked up now. Every secret that is found is redacted from then on.
 *
 * Without explicit credentials, an Azure registry gets whom `findRegistryIdentity` finds; then, and for every other registry,
 * {@link resolveEnvironment} decides.
 * @param connection - `address` is matched exactly.
 * @param sources - the process's variables, and the stack's configuration.
 * @returns anonymous when nothing knows the registry.
 * @throws ERR_INPUT_INVALID when a named variable or config key is missing or empty; ERR_AUTH when a file or a credential helper
 * is broken: a failure never falls through to another source. Only for an identity of Azure that nobody asked for it does, and is
 * thrown when nothing else knows the registry.
 */
export async function resolveCredentials(
  connection: RegistryConnection,
  sources: CredentialSources,
): Promise<ResolvedCredentials> {
  const { address, credentials } = connection;
  if (credentials !== undefined && "azure" in credentials)
    return { kind: "entra", identity: await requireRegistryIdentity(credentials.azure, sources, address) };
  const isAzure = isAzureRegistry(connection);
  if (credentials !== undefined) return refreshing(isAzure, fromInputs(address, credentials, sources));
  return isAzure ? fromAzure(address, sources) : resolveEnvironment(address, sources);
}

async function fromAzure(address: string, sources: CredentialSources): Promise<ResolvedCredentials> {
  try {
    const identity = await findRegistryIdentity(sources, address);
    return identity === undefined ? await resolveEnvironment(address, sources) : { kind: "entra", identity };
  } catch (error) {
    const found = await resolveEnvironment(address, sources);
    if (found.kind === "anonymous") throw error;
    return found;
  }
}

/** After `az acr login --expose-token` a registry's refresh token is the password of a user that is all zeros. */
function refreshing(isAzure: boolean, credentials: ResolvedCredentials): ResolvedCredentials {
  const isRefreshToken = isAzure && credentials.kind === "basic" && /^0{8}(-0{4}){3}-0{12}$/.test(credentials.username);
  return isRefreshToken ? identityTokenCredentials(credentials.password) : credentials;
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

/**
 * What the environment knows of a registry. The first of these that knows it decides: the variable `DOCKER_AUTH_CONFIG`; docker's
 * `config.json` in `DOCKER_CONFIG` or `~/.docker`; podman's file, which is `REGISTRY_AUTH_FILE`, or else
 * `$XDG_RUNTIME_DIR/containers/auth.json` and `$XDG_CONFIG_HOME/containers/auth.json` (`~/.config`).
 * @returns anonymous when none does.
 * @throws ERR_AUTH as {@link resolveCredentials}.
 */
export async function resolveEnvironment(
  address: string,
  sources: Pick<CredentialSources, "environment" | "notify">,
): Promise<ResolvedCredentials> {
  const isAzure = isAzureRegistry({ address });
  for (const read of configurations(address, sources)) {
    const login = (await read())?.login(address);
    if (login === undefined) continue;
    const found =
      login.kind === "helper" ? await askCredentialHelper(login.helper, address, sources.environment) : login;
    if (found !== undefined) return refreshing(isAzure, found);
  }
  return anonymous;
}

type ReadConfiguration = () => Promise<DockerConfig | undefined>;

function configurations(
  address: string,
  { environment, notify }: Pick<CredentialSources, "environment" | "notify">,
): readonly ReadConfiguration[] {
  const inline = environment["DOCKER_AUTH_CONFIG"];
  const fromVariable: ReadConfiguration = async () =>
    inline ? parseDockerConfig(Buffer.from(inline), "The environment variable DOCKER_AUTH_CONFIG", address) : undefined;
  const fromFile = (path: string): ReadConfiguration => {
    return async () => {
      const file = await readAuthFile(path, dockerConfigLimit, address);
      if (file === undefined) return undefined;
      const config = parseDockerConfig(file.bytes, path, address);
      if (file.readableByOthers && config.holdsSecrets)
        notify?.(
          `${path} holds passwords or tokens, and other users of this machine may read it: run chmod 600 on it.`,
        );
      return config;
    };
  };
  return [fromVariable, ...authFilePaths(environment).map(fromFile)];
}

function authFilePaths(environment: Environment): readonly string[] {
  const home = environment["HOME"] || environment["USERPROFILE"];
  const within = (folder: string | undefined, ...names: string[]) => (folder ? [join(folder, ...names)] : []);
  const docker = environment["DOCKER_CONFIG"] || within(home, ".docker")[0];
  const podman = environment["REGISTRY_AUTH_FILE"];
  const podmanDefaults = [
    ...within(environment["XDG_RUNTIME_DIR"], "containers", "auth.json"),
    ...within(environment["XDG_CONFIG_HOME"] || within(home, ".config")[0], "containers", "auth.json"),
  ];
  return [...within(docker, "config.json"), ...(podman ? [podman] : podmanDefaults)];
}
