import { ProviderError } from "../errors";
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

/**
 * Reads a docker configuration: `auths` (with `auth`, `identitytoken`, `registrytoken`), `credHelpers` and `credsStore`.
 * @param text - JSON.
 * @param origin - the file's path or the variable's name, for messages.
 * @param host - the registry that is asked for, for the error.
 * @throws ERR_AUTH when it is not such JSON. The message never quotes it.
 * @see https://github.com/docker/cli/blob/v28.0.0/cli/config/configfile/file.go
 */
export function parseDockerConfig(text: string, origin: string, host: string): DockerConfig {
  const broken = (what: string) =>
    new ProviderError("ERR_AUTH", `${origin} ${what}. Repair it, or set \`credentials\` for ${host}.`, { host });
  const config = parseJson(text);
  if (!isObject(config)) throw broken("is not a JSON object");
  const member = (name: string) => {
    const value = config[name] ?? {};
    if (!isObject(value)) throw broken(`has a ${name} that is not an object`);
    return value;
  };
  const [auths, helpers, store] = [member("auths"), member("credHelpers"), config["credsStore"] ?? ""];
  if (typeof store !== "string") throw broken("has a credsStore that is not a string");
  return {
    holdsSecrets: Object.values(auths).some((entry) => isObject(entry) && secretFields.some((name) => entry[name])),
    login(address) {
      const helper = entryOf(helpers, address) ?? store;
      if (typeof helper !== "string") throw broken(`has a credential helper for ${address} that is not a string`);
      if (helper !== "") return { kind: "helper", helper };
      const entry = entryOf(auths, address) ?? {};
      const login = isObject(entry) ? loginOf(entry, address) : "broken";
      if (login === "broken")
        throw broken(`has an entry for ${address} in auths that is not base64 of "user:password"`);
      return login;
    },
  };
}

const secretFields = ["auth", "password", "identitytoken", "registrytoken"];

function loginOf(entry: Readonly<Record<string, unknown>>, address: string): DockerLogin | "broken" | undefined {
  const { auth = "", username = "", password = "", identitytoken = "", registrytoken = "" } = entry;
  if (
    typeof auth !== "string" ||
    typeof username !== "string" ||
    typeof password !== "string" ||
    typeof identitytoken !== "string" ||
    typeof registrytoken !== "string"
  )
    return "broken";
  const decoded = auth === "" ? { username, password } : decodeAuth(auth);
  if (decoded === undefined) return "broken";
  if (registrytoken !== "") return registryTokenCredentials(registrytoken);
  if (identitytoken !== "") return identityTokenCredentials(identitytoken, decoded.username);
  if (decoded.username === "" && decoded.password === "") return undefined;
  return basicCredentials(address, decoded.username, decoded.password);
}

function decodeAuth(auth: string): { readonly username: string; readonly password: string } | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(auth)) return undefined;
  const text = Buffer.from(auth, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

const dockerHubNames = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/** The entry whose key is the address itself, else the first whose key means it. */
function entryOf(entries: Readonly<Record<string, unknown>>, address: string): unknown {
  if (Object.hasOwn(entries, address)) return entries[address];
  return Object.entries(entries).find(([key]) => addressOf(key) === address)?.[1];
}

function addressOf(key: string): string {
  const host = key
    .replace(/^https?:\/\//i, "")
    .replace(/\/(v[12]\/?)?$/, "")
    .toLowerCase();
  return dockerHubNames.includes(host) ? "docker.io" : host;
}

/** `undefined` for what is no JSON. The parser's own message would quote the text, and with it secrets. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
