import { randomUUID } from "node:crypto";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { closeServer, portOf } from "../support/countingProxy";
import { type LocalRegistry, startRegistry } from "../support/registries";
import {
  type Answer,
  challenge,
  disallowedAnswer,
  errorAnswer,
  firewallAnswer,
  manifestUnknownAnswer,
  type Right,
} from "./acrAnswers";
import { isDeleteLocked, isWriteLocked, newItem, newRepository, type RepositoryItem, tagsOf } from "./acrContent";
import { summarizeManifest } from "./acrManifest";
import { answerMetadata } from "./acrMetadata";
import { type AcrRequest, parseRequest } from "./acrRequest";
import { type AcrTokenOptions, type AcrTokens, createAcrTokens } from "./acrTokens";
import { contentOf } from "./content";
import { type StorageHost, startStorageHost } from "./storageHost";

/** What {@link startAcr} can be told. */
export interface AcrOptions extends AcrTokenOptions {
  /** PEM texts; with them it speaks HTTPS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Milliseconds since the Unix epoch, for the end of a throttling; the machine's time by default. */
  readonly now?: () => number;
}

/** What the registry calls itself in challenges and tokens, whatever it is asked as. */
const loginServer = "contoso.azurecr.io";

/** One request that was made, and what it was answered. */
export interface AcrLogEntry {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly status: number;
}

/** What can be made to happen, at any time. */
export interface AcrSwitches {
  /** Network rules refuse every request. */
  firewall: boolean;
  /** How many reads of a manifest, after each write of it, still find it absent: they go to a replica that lags behind. */
  readsBehind: number;
  /** How many writes of a manifest from now on are told that what it names is not there. */
  blobsBehind: number;
  /** Deleted manifests are kept, and refused when they are pushed. */
  softDelete: boolean;
  /** `until`: requests that match are refused until then, in milliseconds since the Unix epoch. */
  throttle: { readonly pattern: RegExp; readonly until: number } | undefined;
}

/** A container registry of Azure before a real registry. */
export interface Acr {
  /** `localhost:PORT`. */
  readonly address: string;
  readonly port: number;
  /** The registry behind, which asks for nothing. */
  readonly registry: LocalRegistry;
  readonly storage: StorageHost;
  readonly tokens: AcrTokens;
  readonly requests: readonly AcrLogEntry[];
  readonly repositories: ReadonlyMap<string, RepositoryItem>;
  readonly switches: AcrSwitches;
  /** Takes note of a manifest that Azure itself has written to the registry behind. */
  imported(repository: string, tagOrDigest: string): Promise<void>;
  /** What a retention policy of 0 days does: deletes every untagged manifest in Docker's format; listed in an index or not is assumed. */
  collectUntagged(): Promise<void>;
  /** `METHOD path` of what was asked since the last reset, without queries. */
  lines(): readonly string[];
  /** Forgets the requests. */
  reset(): void;
  stop(): Promise<void>;
}

/**
 * Starts the front on a free loopback port, and a registry (distribution 3) and a storage host behind it.
 *
 * Headers, bodies and rules are those that Microsoft publishes: Azure/azure-rest-api-specs (Azure.ContainerRegistry/stable/2021-07-01),
 * Azure/acr docs/AAD-OAuth.md and docs/Token-BasicAuth.md, the recordings in azure-sdk-for-python
 * (sdk/containerregistry/azure-containerregistry/tests/recordings). What nobody has published is marked as assumed in the tests.
 */
export async function startAcr(options: AcrOptions = {}): Promise<Acr> {
  const registry = await startRegistry({ version: 3 });
  const storage = await startStorageHost(registry.address, options.tls);
  const repositories = new Map<string, RepositoryItem>();
  const requests: AcrLogEntry[] = [];
  const hidden = new Map<string, number>();
  const switches: AcrSwitches = {
    firewall: false,
    readsBehind: 0,
    blobsBehind: 0,
    softDelete: false,
    throttle: undefined,
  };
  const now = options.now ?? Date.now;
  const server = options.tls ? createTlsServer(options.tls, serve) : createServer(serve);
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `localhost:${portOf(server)}`;
  const tokens = createAcrTokens(loginServer, options);

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    outgoing.once("close", () => {
      requests.push({ method: incoming.method ?? "", path: incoming.url ?? "", status: outgoing.statusCode });
    });
    const request = parseRequest(incoming);
    const answer = refusalOf(request) ?? (await answerOf(request, incoming));
    if (answer === undefined) await forward(request, incoming, outgoing);
    else send(outgoing, answer);
  }

  function refusalOf({ path }: AcrRequest): Answer | undefined {
    if (switches.firewall) return firewallAnswer;
    const { throttle } = switches;
    if (throttle === undefined || !throttle.pattern.test(path) || now() >= throttle.until) return undefined;
    // The header counts down, as Microsoft's "Registry service tiers" says; the body is assumed.
    const seconds = Math.ceil((throttle.until - now()) / 1000);
    return { ...errorAnswer(429, "TOOMANYREQUESTS", "too many requests"), headers: { "retry-after": String(seconds) } };
  }

  /** @returns `undefined` for what the registry behind answers. */
  async function answerOf(request: AcrRequest, incoming: IncomingMessage): Promise<Answer | undefined> {
    const { method, path, query } = request;
    if (path === "/oauth2/exchange") return tokens.exchange(await formOf(incoming));
    if (path === "/oauth2/token") {
      const { authorization } = incoming.headers;
      return method === "GET"
        ? tokens.token(query, authorization, true)
        : tokens.token(await formOf(incoming), undefined, false);
    }
    const refused = authorize(request, incoming.headers);
    if (refused !== undefined) return refused;
    if (request.metadata !== undefined) {
      const body = (await buffer(incoming)).toString();
      return answerMetadata(
        { registry: loginServer, repositories, untag },
        { method, query, body, ...request.metadata },
      );
    }
    return request.manifest === undefined ? redirectOf(request) : answerManifest(request, request.manifest);
  }

  function authorize({ rights }: AcrRequest, { host, authorization }: IncomingMessage["headers"]): Answer | undefined {
    const realm = `${options.tls ? "https" : "http"}://${host}/oauth2/token`;
    if (authorization === undefined) return challenge(realm, loginServer, rights);
    const allows = tokens.rightsOf(authorization);
    if (allows === undefined) return challenge(realm, loginServer, rights, "invalid_token");
    if (rights.every((right) => allows(right))) return undefined;
    // A token that says nothing of the repository is one of somebody without a role there; both refusals are assumed.
    const isStranger = rights.every(({ repository }) =>
      ["pull", "push"].every((action) => !allows({ repository, action })),
    );
    return isStranger && rights.some(isPullOrPush)
      ? errorAnswer(403, "DENIED", "requested access to the resource is denied")
      : challenge(realm, loginServer, rights, "insufficient_scope");
  }

  function redirectOf({ method, blob }: AcrRequest): Answer | undefined {
    if (method !== "GET" || blob === undefined) return undefined;
    const { repository, digest } = blob;
    return { status: 307, headers: { location: storage.urlOf(repository, digest), "docker-content-digest": digest } };
  }

  async function answerManifest(
    { method }: AcrRequest,
    { repository: name, reference }: NonNullable<AcrRequest["manifest"]>,
  ): Promise<Answer | undefined> {
    const repository = repositories.get(name);
    if (method === "GET" || method === "HEAD")
      return isBehind(`${name} ${reference}`) ? manifestUnknownAnswer : undefined;
    if (method === "PUT") {
      if (isWriteLocked(repository) || isWriteLocked(repository?.tags.get(reference))) return disallowedAnswer;
      if (switches.blobsBehind > 0) {
        switches.blobsBehind -= 1;
        return errorAnswer(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry", reference);
      }
      return undefined;
    }
    const tags = tagsOf(repository ?? newRepository(), reference);
    const items = [repository, repository?.manifests.get(reference), ...tags.map((tag) => repository?.tags.get(tag))];
    return items.some(isDeleteLocked) ? disallowedAnswer : undefined;
  }

  function isBehind(key: string): boolean {
    const left = hidden.get(key) ?? 0;
    hidden.set(key, left - 1);
    return left > 0;
  }

  async function untag(name: string, tag: string): Promise<void> {
    await fetch(`${registry.url}/v2/${name}/manifests/${tag}`, { method: "DELETE" });
  }

  async function forward(request: AcrRequest, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method, manifest } = request;
    if (method === "PUT" && manifest !== undefined) {
      const bytes = await buffer(incoming);
      const item = await describe(manifest.repository, bytes, incoming.headers["content-type"]);
      if (repositories.get(manifest.repository)?.softDeleted.has(item.digest)) {
        send(outgoing, errorAnswer(409, "CONFLICT", "The manifest is soft deleted. Restore it instead of pushing it."));
        return;
      }
      const status = await pass(incoming, outgoing, bytes);
      if (status === 201) written(manifest.repository, manifest.reference, item);
      return;
    }
    const status = await pass(incoming, outgoing);
    if (method === "DELETE" && manifest !== undefined && status === 202)
      deleted(manifest.repository, manifest.reference);
  }

  function describe(name: string, bytes: Buffer, mediaType = "") {
    return summarizeManifest(bytes, mediaType, repositories.get(name), async (digest) =>
      JSON.parse(await (await fetch(`${registry.url}/v2/${name}/blobs/${digest}`)).text()),
    );
  }

  async function imported(name: string, tagOrDigest: string): Promise<void> {
    const manifest = await contentOf(registry.url, name).manifest(tagOrDigest);
    if (manifest !== undefined) written(name, tagOrDigest, await describe(name, manifest.bytes, manifest.mediaType));
  }

  function written(name: string, reference: string, item: Awaited<ReturnType<typeof summarizeManifest>>): void {
    const repository = repositories.get(name) ?? newRepository();
    repositories.set(name, repository);
    if (!repository.manifests.has(item.digest)) repository.manifests.set(item.digest, { ...newItem(), ...item });
    if (!reference.startsWith("sha256:")) {
      const tag = repository.tags.get(reference) ?? { ...newItem(), digest: item.digest };
      Object.assign(tag, { digest: item.digest, lastUpdateTime: new Date().toISOString() });
      repository.tags.set(reference, tag);
    }
    for (const key of new Set([reference, item.digest])) hidden.set(`${name} ${key}`, switches.readsBehind);
  }

  function deleted(name: string, digest: string): void {
    const repository = repositories.get(name);
    for (const tag of tagsOf(repository ?? newRepository(), digest)) repository?.tags.delete(tag);
    repository?.manifests.delete(digest);
    if (switches.softDelete) repository?.softDeleted.add(digest);
  }

  async function collectUntagged(): Promise<void> {
    for (const [name, repository] of repositories) {
      const untagged = [...repository.manifests.values()].filter(
        ({ digest, mediaType }) => mediaType.includes("docker") && tagsOf(repository, digest).length === 0,
      );
      for (const { digest } of untagged) {
        await fetch(`${registry.url}/v2/${name}/manifests/${digest}`, { method: "DELETE" });
        deleted(name, digest);
      }
    }
  }

  /** Passes a request on; what is read of it already goes as `body`. @returns the status, when the answer has been sent. */
  function pass(incoming: IncomingMessage, outgoing: ServerResponse, body?: Buffer): Promise<number> {
    const { authorization: _, ...headers } = incoming.headers;
    const { method, url } = incoming;
    return new Promise((resolve) => {
      const upstream = httpRequest(`${registry.url}${url}`, { method, headers });
      upstream.once("error", () => outgoing.destroy());
      upstream.once("response", (response) => {
        const status = response.statusCode ?? 502;
        outgoing.writeHead(status, { ...relative(response.headers), ...frontHeaders() });
        pipeline(response, outgoing)
          .catch(() => outgoing.destroy())
          .finally(() => resolve(status));
      });
      if (body === undefined) pipeline(incoming, upstream).catch(() => outgoing.destroy());
      else upstream.end(body);
    });
  }

  return {
    address,
    port: portOf(server),
    registry,
    storage,
    tokens,
    requests,
    repositories,
    switches,
    imported,
    collectUntagged,
    lines: () => requests.map(({ method, path }) => `${method} ${path.split("?")[0]}`),
    reset: () => {
      requests.length = 0;
    },
    async stop() {
      await closeServer(server);
      await Promise.all([storage.stop(), registry.stop()]);
    },
  };
}

function isPullOrPush({ action }: Right): boolean {
  return action === "pull" || action === "push";
}

async function formOf(incoming: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams((await buffer(incoming)).toString());
}

function send(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  const type = body === undefined ? {} : { "content-type": "application/json; charset=utf-8" };
  outgoing.writeHead(status, { ...type, ...headers, ...frontHeaders() });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
}

/** As recorded in azure-sdk-for-python. */
function frontHeaders(): OutgoingHttpHeaders {
  return {
    server: "AzureContainerRegistry",
    "docker-distribution-api-version": "registry/2.0",
    "x-ms-correlation-request-id": randomUUID(),
    "access-control-expose-headers": "Docker-Content-Digest, WWW-Authenticate, Link, X-Ms-Correlation-Request-Id",
  };
}

/** Locations are relative, with their query. */
function relative(headers: IncomingMessage["headers"]): OutgoingHttpHeaders {
  const { location, ...others } = headers;
  if (location === undefined) return others;
  const { pathname, search } = new URL(location, "http://localhost");
  return { ...others, location: `${pathname}${search}` };
}
