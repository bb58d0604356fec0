import { join } from "node:path";
import type { Environment } from "../program";
import { readAuthFile } from "./authFile";
import { isAzureRegistry } from "./azureRegistry";
import { askCredentialHelper } from "./credentialHelper";
import { type DockerConfig, type DockerConfigForm, dockerConfigLimit, parseDockerConfig } from "./dockerConfig";
import { anonymous, identityTokenCredentials, type ResolvedCredentials } from "./resolvedCredentials";

/** Where the logins of docker, podman and their like are looked up. */
export interface EnvironmentSources {
  /** The process's variables. */
  readonly environment: Environment;
  /** Receives warnings, for example of a file that others may read. */
  readonly notify?: (message: string) => void;
}

/**
 * What the environment knows of a registry. The first of these that knows it decides: the variable `DOCKER_AUTH_CONFIG`; docker's
 * `config.json` in `DOCKER_CONFIG` or `~/.docker`; podman's file, which is `REGISTRY_AUTH_FILE`, or else
 * `$XDG_RUNTIME_DIR/containers/auth.json` and `$XDG_CONFIG_HOME/containers/auth.json` (`~/.config`).
 * @param repository - may have a login of its own; empty for the registry itself.
 * @returns anonymous when none does, with what there was instead.
 * @throws ERR_AUTH when a file or a credential helper is broken: a failure never falls through to another source.
 */
export async function resolveEnvironment(
  address: string,
  sources: EnvironmentSources,
  repository = "",
): Promise<ResolvedCredentials> {
  const isAzure = isAzureRegistry({ address });
  const seen: string[] = [];
  for (const { origin, read } of configurations(address, sources)) {
    const config = await read(sources.notify);
    const login = config?.login(address, repository);
    if (login === undefined) {
      if (config && config.keys.length > 0) seen.push(`${origin} has only ${listOf(config.keys)}`);
      continue;
    }
    const found =
      login.kind === "helper" ? await askCredentialHelper(login.helper, address, sources.environment) : login;
    if (found !== undefined) return refreshing(isAzure, found);
    if (login.kind === "helper") seen.push(`the credential helper "${login.helper}" of ${origin} has none`);
  }
  return seen.length === 0 ? anonymous : { kind: "anonymous", seen };
}

/**
 * The beginnings of repositories' names for which the environment has logins of their own on a registry.
 * @returns none where a file is broken: {@link resolveEnvironment} says so.
 */
export async function environmentPaths(
  address: string,
  sources: Pick<EnvironmentSources, "environment">,
): Promise<readonly string[]> {
  const paths = new Set<string>();
  for (const { read } of configurations(address, sources)) {
    const config = await read().catch(() => undefined);
    for (const path of config?.paths(address) ?? []) paths.add(path);
  }
  return [...paths];
}

/** After `az acr login --expose-token` a registry's refresh token is the password of a user that is all zeros. */
export function refreshing(isAzure: boolean, credentials: ResolvedCredentials): ResolvedCredentials {
  const isRefreshToken = isAzure && credentials.kind === "basic" && /^0{8}(-0{4}){3}-0{12}$/.test(credentials.username);
  return isRefreshToken ? identityTokenCredentials(credentials.password) : credentials;
}

const mostKeys = 5;

function listOf(keys: readonly string[]): string {
  const more = keys.length - mostKeys;
  const shown = keys.slice(0, mostKeys).map((key) => JSON.stringify(key.slice(0, 100)));
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

interface Configuration {
  /** The file's path or the variable's name, for messages. */
  readonly origin: string;
  read(notify?: (message: string) => void): Promise<DockerConfig | undefined>;
}

function configurations(
  address: string,
  { environment }: Pick<EnvironmentSources, "environment">,
): readonly Configuration[] {
  const inline = environment["DOCKER_AUTH_CONFIG"];
  const variable = "The environment variable DOCKER_AUTH_CONFIG";
  return [
    {
      origin: variable,
      read: async () => (inline ? parseDockerConfig(Buffer.from(inline), variable, address) : undefined),
    },
    ...authFilePaths(environment).map(([path, form]) => ({
      origin: path,
      read: (notify?: (message: string) => void) => readConfiguration(path, form, address, notify),
    })),
  ];
}

async function readConfiguration(
  path: string,
  form: DockerConfigForm,
  address: string,
  notify: ((message: string) => void) | undefined,
): Promise<DockerConfig | undefined> {
  const file = await readAuthFile(path, dockerConfigLimit, address);
  if (file === undefined) return undefined;
  const config = parseDockerConfig(file.bytes, path, address, form);
  if (file.readableByOthers && config.holdsSecrets)
    notify?.(`${path} holds passwords or tokens, and other users of this machine may read it: run chmod 600 on it.`);
  return config;
}

function authFilePaths(environment: Environment): readonly (readonly [path: string, form: DockerConfigForm])[] {
  const home = environment["HOME"] || environment["USERPROFILE"];
  const within = (folder: string | undefined, ...names: string[]) => (folder ? [join(folder, ...names)] : []);
  const docker = environment["DOCKER_CONFIG"] || within(home, ".docker")[0];
  const podman = environment["REGISTRY_AUTH_FILE"];
  const podmanDefaults = [
    ...within(environment["XDG_RUNTIME_DIR"], "containers", "auth.json"),
    ...within(environment["XDG_CONFIG_HOME"] || within(home, ".config")[0], "containers", "auth.json"),
  ];
  return [
    ...within(docker, "config.json").map((path) => [path, "docker"] as const),
    ...(podman ? [podman] : podmanDefaults).map((path) => [path, "containers"] as const),
  ];
}
