import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, ProviderError } from "../errors";
import { asObject, field, parseJson, stringField } from "../oci/json";
import { quote } from "../oci/quote";

/** Where an engine listens. */
export interface EngineSocket {
  /** Absolute. */
  readonly path: string;
  /** What says so, for messages. */
  readonly origin: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds the engine's socket, as the docker command does: DOCKER_HOST, else the context that DOCKER_CONTEXT or docker's
 * configuration names, else the first usual place that has one, of Docker first and Podman after it.
 * @param environment - of it DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, HOME and XDG_RUNTIME_DIR count.
 * @param isThere - whether there is a file; default: looks.
 * @throws ERR_INPUT_INVALID with the path `source.daemon` when that says anything but a Unix domain socket, or docker's files
 * are unusable; ERR_SOURCE_UNAVAILABLE when no usual place has a socket, listing them.
 * @see https://docs.docker.com/engine/manage-resources/contexts/
 */
export async function findEngineSocket(
  environment: Environment,
  isThere: (path: string) => Promise<boolean> = exists,
): Promise<EngineSocket> {
  const { DOCKER_HOST: host } = environment;
  if (host) return parseHost(host, "DOCKER_HOST");
  const context = environment["DOCKER_CONTEXT"] || (await currentContext(environment));
  if (context && context !== "default") return contextSocket(environment, context);
  const usual = usualPaths(environment);
  for (const path of usual) if (await isThere(path)) return { path, origin: "a usual place" };
  throw new ProviderError(
    "ERR_SOURCE_UNAVAILABLE",
    `source.daemon: there is no Docker or Podman engine: none of ${usual.join(", ")} is there. Start one, or set DOCKER_HOST to its unix:// address.`,
    { source: "unix://" },
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    // What this user may not look at is there all the same; the connection will say why it fails.
    (error: unknown) => error instanceof Error && "code" in error && error.code === "EACCES",
  );
}

function usualPaths(environment: Environment): readonly string[] {
  const { XDG_RUNTIME_DIR: runtime, HOME: home } = environment;
  return [
    "/var/run/docker.sock",
    ...(runtime ? [join(runtime, "docker.sock")] : []),
    ...(home ? [join(home, ".docker/run/docker.sock")] : []),
    ...(runtime ? [join(runtime, "podman/podman.sock")] : []),
    "/run/podman/podman.sock",
  ];
}

function parseHost(host: string, origin: string): EngineSocket {
  const [, path] = /^unix:\/\/(\/.*)$/.exec(host) ?? [];
  if (path !== undefined) return { path, origin };
  throw refused(
    `${origin} is ${quote(host)}, but only a unix:// address with an absolute path is spoken to here. Export the image with docker save there, and use source.archive.`,
  );
}

function configFolder(environment: Environment): string | undefined {
  const home = environment["HOME"] || environment["USERPROFILE"];
  return environment["DOCKER_CONFIG"] || (home && join(home, ".docker"));
}

async function currentContext(environment: Environment): Promise<string | undefined> {
  const folder = configFolder(environment);
  const config = folder && (await readDocument(join(folder, "config.json")));
  const name = config ? config.fields["currentContext"] : undefined;
  return typeof name === "string" ? name : undefined;
}

async function contextSocket(environment: Environment, name: string): Promise<EngineSocket> {
  const origin = `docker's context ${quote(name)}`;
  const folder = createHash("sha256").update(name).digest("hex");
  const path = join(configFolder(environment) ?? "", "contexts", "meta", folder, "meta.json");
  const meta = await readDocument(path);
  if (meta === undefined)
    throw refused(`${origin} is chosen, but there is no ${path}. Choose another, or set DOCKER_HOST.`);
  const endpoint = field(field(meta, "Endpoints", asObject), "docker", asObject);
  return parseHost(stringField(endpoint, "Host"), origin);
}

const documentLimit = 1024 * 1024;

/** @returns `undefined` when there is no such file. */
async function readDocument(path: string) {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw refused(
      `${path}, which says where the engine listens, cannot be read: ${messageOf(error)}. Set DOCKER_HOST.`,
    );
  });
  return bytes && asObject(parseJson(bytes, path, documentLimit), `${path}:`);
}

function refused(message: string): ProviderError<"ERR_INPUT_INVALID"> {
  return new ProviderError("ERR_INPUT_INVALID", `source.daemon: ${message}`, { path: "source.daemon" });
}
