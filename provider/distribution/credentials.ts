import { join } from "node:path";
import { ProviderError } from "../errors";
import type { Environment } from "../program";
import { readAuthFile } from "./authFile";
import type { Credentials, RegistryConnection } from "./connection";
import { askCredentialHelper } from "./credentialHelper";
import { type DockerConfig, dockerConfigLimit, parseDockerConfig } from "./dockerConfig";
import { anonymous, basicCredentials, type ResolvedCredentials, registryTokenCredentials } from "./resolvedCredentials";

export type { ResolvedCredentials } from "./resolvedCredentials";

/** Where credentials are looked up. */
export interface CredentialSources {
  /** The process's environment variables; `HOME` and `PATH` among them decide which files and helpers are used. */
  readonly environment: Environment;
  /** A stack-config value by its key. */
  readonly config: (key: string) => string | undefined;
  /** Receives warnings, for example of a file that others may read. */
  readonly notify?: (message: string) => void;
}

/**
 * A connection's credentials, looked up now. Every secret that is found is redacted from then on.
 *
 * Without explicit credentials, the first of these that knows the registry decides: the variable `DOCKER_AUTH_CONFIG`; docker's
 * `config.json` in `DOCKER_CONFIG` or `~/.docker`; podman's file, which is `REGISTRY_AUTH_FILE`, or else
 * `$XDG_RUNTIME_DIR/containers/auth.json` and `$XDG_CONFIG_HOME/containers/auth.json` (`~/.config`).
 * @param connection - `address` is matched exactly.
 * @param sources - the environment and the stack's configuration.
 * @returns anonymous when nothing knows the registry.
 * @throws ERR_INPUT_INVALID when a named variable or config key is missing or empty; ERR_AUTH when a file or a credential helper
 * is broken: a failure never falls through to another source.
 */
export async function resolveCredentials(
  connection: RegistryConnection,
  sources: CredentialSources,
): Promise<ResolvedCredentials> {
  const { address, credentials } = connection;
  return credentials === undefined ? fromEnvironment(address, sources) : fromInputs(address, credentials, sources);
}

function fromInputs(address: string, credentials: Credentials, sources: CredentialSources): ResolvedCredentials {
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

async function fromEnvironment(address: string, sources: CredentialSources): Promise<ResolvedCredentials> {
  for (const read of configurations(address, sources)) {
    const login = (await read())?.login(address);
    if (login === undefined) continue;
    if (login.kind !== "helper") return login;
    const found = await askCredentialHelper(login.helper, address, sources.environment);
    if (found !== undefined) return found;
  }
  return anonymous;
}

type ReadConfiguration = () => Promise<DockerConfig | undefined>;

function configurations(address: string, { environment, notify }: CredentialSources): readonly ReadConfiguration[] {
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
