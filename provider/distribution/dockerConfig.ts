import { messageOf, ProviderError } from "../errors";
import { parseJson } from "../oci/json";
import { parseRegistryAddress } from "../oci/reference";
import { isWithin } from "./repositoryPath";
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
   * Its login for a repository: the registry's own helper, else the common store, else an entry in `auths`. Only the registry's
   * exact `host[:port]` counts, bare or as a URL (`https://host/v1/`); for `docker.io` also its aliases. Of keys with a path the
   * longest counts that the repository's name begins with. In docker's own file another path is the registry's, too, when no key
   * fits better: docker does not know of paths.
   * @param repository - its name; empty for the registry itself.
   * @returns `undefined` when there is none.
   * @throws ERR_AUTH for an entry that cannot be used; the message names the configuration and the entry.
   */
  login(address: string, repository?: string): DockerLogin | undefined;
  /** The paths for which it has entries of their own on a registry. */
  paths(address: string): readonly string[];
  /** The keys of all entries and helpers. */
  readonly keys: readonly string[];
}

/** `docker`: docker's config.json. `containers`: the auth.json of podman, skopeo and buildah. */
export type DockerConfigForm = "docker" | "containers";

/** The largest configuration that is read, in bytes. */
export const dockerConfigLimit = 1024 * 1024;

/**
 * Reads a docker configuration: `auths` (with `auth`, `identitytoken`, `registrytoken`), `credHelpers` and `credsStore`.
 * @param bytes - JSON.
 * @param origin - the file's path or the variable's name, for messages.
 * @param host - the registry that is asked for, for the error.
 * @param form - whose file it is.
 * @throws ERR_AUTH when it is not such JSON, or larger than {@link dockerConfigLimit}. The message never quotes it.
 * @see https://github.com/docker/cli/blob/v28.0.0/cli/config/configfile/file.go
 * @see https://github.com/containers/image/blob/v5.36.0/docs/containers-auth.json.5.md
 */
export function parseDockerConfig(
  bytes: Uint8Array,
  origin: string,
  host: string,
  form: DockerConfigForm = "docker",
): DockerConfig {
  const broken = (problem: string) =>
    new ProviderError("ERR_AUTH", `${problem} Repair it, or set \`credentials\` for ${host}.`, { host });
  const config = requireObject(parse(bytes, origin, broken), () => broken(`${origin} is not a JSON object.`));
  const member = (name: string) =>
    requireObject(config[name] ?? {}, () => broken(`${origin} has a ${name} that is not an object.`));
  const [auths, helpers, store] = [member("auths"), member("credHelpers"), config["credsStore"] ?? ""];
  return {
    holdsSecrets: Object.values(auths).some((entry) => isObject(entry) && secretFields.some((name) => entry[name])),
    login(address, repository = "") {
      const helper = entriesOf(helpers, address).find(({ path }) => path === "")?.value ?? store;
      if (typeof helper !== "string") throw broken(`${origin} has a credential helper that is not a string.`);
      if (helper !== "") return { kind: "helper", helper };
      const entries = entriesOf(auths, address);
      const fitting = entries.filter(({ path }) => isWithin(repository, path));
      const longestFirst = [...fitting].sort((a, b) => b.path.length - a.path.length);
      const [entry = form === "docker" ? entries[0] : undefined] = longestFirst;
      if (entry === undefined) return undefined;
      const what = `${origin} has an entry for ${entry.key} in auths that`;
      const fields = requireObject(entry.value, () => broken(`${what} is not an object.`));
      return loginOf(fields, address, (problem) => broken(`${what} ${problem}.`));
    },
    paths: (address) => entriesOf(auths, address).flatMap(({ path }) => (path === "" ? [] : [path])),
    keys: [...Object.keys(auths), ...Object.keys(helpers)],
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
  // `base64` wraps its lines.
  const digits = auth.replace(/\s+/g, "");
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits);
  const text = isBase64 ? Buffer.from(digits, "base64").toString("utf8") : "";
  const colon = text.indexOf(":");
  if (colon < 0) throw broken(`is not base64 of "user:password"`);
  return [text.slice(0, colon), text.slice(colon + 1)];
}

/** The meaning of a key of `auths` or `credHelpers`: a registry, or repositories of one. */
interface Entry {
  readonly key: string;
  /** The beginning of the repositories' names; empty: the registry itself. */
  readonly path: string;
  readonly value: unknown;
}

/** The entries about one registry; one whose key is the address itself comes first. */
function entriesOf(entries: Readonly<Record<string, unknown>>, address: string): readonly Entry[] {
  const found = Object.entries(entries).flatMap(([key, value]) => {
    const [host, path] = placeOf(key);
    return host === address ? [{ key, path, value }] : [];
  });
  return found.sort((a, b) => Number(b.key === address) - Number(a.key === address));
}

/** The registry and path that a key means. A URL has no path: docker writes `https://index.docker.io/v1/` for the registry. */
function placeOf(key: string): readonly [address: string | undefined, path: string] {
  const [, scheme, host = "", path = ""] = /^(https?:\/\/)?([^/]*)(?:\/(.*?))?\/?$/.exec(key) ?? [];
  try {
    const isRegistry = scheme !== undefined || /^v[12]$/.test(path);
    return [parseRegistryAddress(host), isRegistry ? "" : path];
  } catch {
    return [undefined, ""];
  }
}

function requireObject(value: unknown, broken: () => Error): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value;
  throw broken();
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
