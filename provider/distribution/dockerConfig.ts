import { messageOf, ProviderError } from "../errors";
import { parseJson } from "../oci/json";
import { parseRegistryAddress } from "../oci/reference";
import {
  basicCredentials,
  identityTokenCredentials,
  type ResolvedCredentials,
  registryTokenCredentials,
} from "./resolvedCredentials";

/** What one docker configuration (or podman auth file) says of one registry. */
export type DockerLogin =
  | ResolvedCredentials
  /** The credential helper `docker-credential-<helper>` knows. */
  | { readonly kind: "helper"; readonly helper: string };

/** A docker configuration, as far as it concerns credentials. */
export interface DockerConfig {
  /** Whether a password or token stands in the text itself. */
  readonly holdsSecrets: boolean;
  /**
   * What it says of one registry: its own helper, else the common store, else its entry in `auths`. Only the registry's exact
   * `host[:port]` counts, bare or as a URL (`https://host/v1/`); for `docker.io` also its aliases.
   * @returns `undefined` when it says nothing.
   * @throws ERR_AUTH for an entry that cannot be used; the message names the configuration and the entry.
   */
  login(address: string): DockerLogin | undefined;
}

/** The largest configuration that is read, in bytes. */
export const dockerConfigLimit = 1024 * 1024;

/**
 * Reads a docker configuration: `auths` (with `auth`, `identitytoken`, `registrytoken`), `credHelpers` and `credsStore`.
 * @param bytes - JSON.
 * @param origin - the file's path or the variable's name, for messages.
 * @param host - the registry that is asked for, for the error.
 * @throws ERR_AUTH when it is not such JSON, or larger than {@link dockerConfigLimit}. The message never quotes it.
 * @see https://github.com/docker/cli/blob/v28.0.0/cli/config/configfile/file.go
 */
export function parseDockerConfig(bytes: Uint8Array, origin: string, host: string): DockerConfig {
  const broken = (problem: string) =>
    new ProviderError("ERR_AUTH", `${problem} Repair it, or set \`credentials\` for ${host}.`, { host });
  const config = requireObject(parse(bytes, origin, broken), () => broken(`${origin} is not a JSON object.`));
  const member = (name: string) =>
    requireObject(config[name] ?? {}, () => broken(`${origin} has a ${name} that is not an object.`));
  const [auths, helpers, store] = [member("auths"), member("credHelpers"), config["credsStore"] ?? ""];
  return {
    holdsSecrets: Object.values(auths).some((entry) => isObject(entry) && secretFields.some((name) => entry[name])),
    login(address) {
      const helper = entryOf(helpers, address) ?? store;
      if (typeof helper !== "string") throw broken(`${origin} has a credential helper that is not a string.`);
      if (helper !== "") return { kind: "helper", helper };
      const what = `${origin} has an entry for ${address} in auths that`;
      const entry = requireObject(entryOf(auths, address) ?? {}, () => broken(`${what} is not an object.`));
      return loginOf(entry, address, (problem) => broken(`${what} ${problem}.`));
    },
  };
}

function parse(bytes: Uint8Array, origin: string, broken: (problem: string) => Error): unknown {
  try {
    return parseJson(bytes, origin, dockerConfigLimit);
  } catch (error) {
    throw broken(messageOf(error));
  }
}

const secretFields = ["auth", "password", "identitytoken", "registrytoken"];

function loginOf(
  entry: Readonly<Record<string, unknown>>,
  address: string,
  broken: (problem: string) => Error,
): ResolvedCredentials | undefined {
  const text = (name: string) => {
    const value = entry[name] ?? "";
    if (typeof value === "string") return value;
    throw broken(`has a ${name} that is not a string`);
  };
  const [registryToken, identityToken, auth] = [text("registrytoken"), text("identitytoken"), text("auth")];
  const [username, password] = auth === "" ? [text("username"), text("password")] : decodeAuth(auth, broken);
  if (registryToken !== "") return registryTokenCredentials(registryToken);
  if (identityToken !== "") return identityTokenCredentials(identityToken, username);
  return username === "" && password === "" ? undefined : basicCredentials(address, username, password);
}

function decodeAuth(auth: string, broken: (problem: string) => Error): readonly [username: string, password: string] {
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(auth);
  const text = isBase64 ? Buffer.from(auth, "base64").toString("utf8") : "";
  const colon = text.indexOf(":");
  if (colon < 0) throw broken(`is not base64 of "user:password"`);
  return [text.slice(0, colon), text.slice(colon + 1)];
}

/** The entry whose key is the address itself, else the first whose key means it. */
function entryOf(entries: Readonly<Record<string, unknown>>, address: string): unknown {
  if (Object.hasOwn(entries, address)) return entries[address];
  return Object.entries(entries).find(([key]) => addressOf(key) === address)?.[1];
}

/** The registry that a key means; `undefined` for podman's keys with a path, which mean a repository. */
function addressOf(key: string): string | undefined {
  try {
    return parseRegistryAddress(key.replace(/^https?:\/\//, "").replace(/\/(v[12]\/?)?$/, ""));
  } catch {
    return undefined;
  }
}

function requireObject(value: unknown, broken: () => Error): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value;
  throw broken();
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
