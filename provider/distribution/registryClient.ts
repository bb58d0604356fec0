import type { LookupFunction } from "node:net";
import type { Clock } from "../http/clock";
import { createGate } from "../http/gate";
import type { Transport } from "../http/message";
import { createTransport, type TransportOptions } from "../http/transport";
import type { RequestWatch } from "../http/watchedTransport";
import { createAuthorizer } from "./authorizer";
import { createBlobPlaces } from "./blobPlaces";
import { createBlobs } from "./blobs";
import type { RegistryConnection } from "./connection";
import { resolveCredentials } from "./credentials";
import { apiOrigin } from "./endpoint";
import { environmentPaths, resolveEnvironment } from "./environmentCredentials";
import { createManifestReads } from "./manifestReads";
import { createManifestWrites } from "./manifestWrites";
import { createOperations, headersOnly } from "./operation";
import { finishRemoval } from "./overwriteTag";
import { createPlaceholders, finishPlaceholders, hidePlaceholders } from "./placeholders";
import { profileOf } from "./profiles/choose";
import { listReferrers } from "./referrers";
import { createRemoveTag } from "./removeTag";
import type { RegistryClient, Repository } from "./repository";
import { accessRepository, type RepositoryAccess } from "./repositoryAccess";
import { silenceLimit } from "./silence";
import { listTags } from "./tags";
import { createUploadProbe } from "./uploadProbe";

/** What a client needs of the process that it runs in. */
export interface World {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Looks up a stack-config value by its key. */
  readonly config: (key: string) => string | undefined;
  /** Told what a user may want to know and that is no error. */
  readonly notify: (message: string) => void;
  /** Looks up host names; default `dns.lookup`. */
  readonly lookup?: LookupFunction;
  /** Watches each request. */
  readonly watch?: RequestWatch;
  /** Makes each registry's transport; default {@link createTransport}. */
  readonly transport?: (options: TransportOptions) => Transport;
}

/**
 * Creates a client of one registry, with connections, tokens and caches of its own. No request is made yet.
 * Use {@link createRegistryPool} to share clients.
 * @throws ERR_INPUT_INVALID for certificates or a key that cannot be used, or a time-out that is none.
 */
export function registryClient(connection: RegistryConnection, world: World): RegistryClient {
  const { address } = connection;
  const { clock, environment, notify, lookup, watch, transport: openTransport = createTransport } = world;
  const origin = apiOrigin(connection);
  const profile = profileOf(connection);
  const triesAnonymous = profile.hasOwnIdentity && connection.credentials === undefined;
  const timeoutMs = silenceLimit(connection.timeoutSeconds);
  const transport = openTransport({
    ...connection,
    timeoutMs,
    environment,
    ...(lookup && { lookup }),
    ...(watch && { watch }),
  });
  const authorizer = createAuthorizer({
    connection,
    transport,
    clock,
    credentials: {
      resolve: (path) => resolveCredentials(connection, world, path),
      paths: async () => (connection.credentials === undefined ? environmentPaths(address, world) : []),
      // By itself an Azure registry gets whoever is signed in to Azure; docker's configuration may know somebody who has rights there.
      ...(triesAnonymous && { fallback: (path) => resolveEnvironment(address, world, path) }),
      // A password from state may be older than the one in the environment. So may one from the stack's configuration: refresh
      // and destroy give a dynamic provider the configuration of the last update.
      ...(hasPassword(connection) && { fallback: (path) => resolveCredentials({ address }, world, path) }),
    },
    triesAnonymous,
    registryUrl: origin,
    notify,
  });
  let hasAnswered = false;
  const answered = () => {
    hasAnswered = true;
  };
  const gate = createGate(clock);
  const sending = { origin, transport, clock, gate, notify, answered };
  const operations = createOperations({ ...sending, authorizer });
  const reading = createOperations({ ...sending, authorizer: authorizer.forReading });
  const places = createBlobPlaces();
  const repositories = new Map<string, { readonly repository: Repository; readonly source: Repository }>();
  const open = (name: string) => {
    const known = repositories.get(name);
    if (known !== undefined) return known;
    const access = accessRepository({ address, origin, profile, operations, places, clock }, name);
    const repository = openRepository(access);
    const opened = { repository, source: openRepository({ ...access, operations: reading }) };
    repositories.set(name, opened);
    return opened;
  };
  const ping = () => {
    const get = { method: "GET", url: new URL("/v2/", origin), scopes: [], answers: [200] } as const;
    return operations.send(get, async (response) => {
      const { headers } = await headersOnly(response);
      const apiVersion = headers["docker-distribution-api-version"];
      return apiVersion === undefined ? {} : { apiVersion };
    });
  };
  let pinged: Promise<unknown> | undefined;
  return {
    address,
    ping,
    async reach() {
      if (hasAnswered) return;
      pinged ??= ping();
      await pinged.finally(() => {
        pinged = undefined;
      });
    },
    async login(repository) {
      const credentials = await resolveCredentials(connection, world, repository);
      if (credentials.kind !== "basic") return undefined;
      const { username, password } = credentials;
      return { username, password };
    },
    repository: (name) => open(name).repository,
    source: (name) => open(name).source,
    close: () => transport.close(),
  };
}

/**
 * Creates a process's clients: one for each distinct connection, so that all who use a registry share its connections, its
 * rate limit, tokens and caches.
 */
export function createRegistryPool(world: World): (connection: RegistryConnection) => RegistryClient {
  const clients = new Map<string, RegistryClient>();
  return ({ resourceId: _, ...connection }) => {
    const key = canonicalJson(connection);
    const client = clients.get(key) ?? registryClient(connection, world);
    clients.set(key, client);
    return client;
  };
}

function openRepository(access: RepositoryAccess): Repository {
  const reads = createManifestReads(access);
  const writes = createManifestWrites(access, reads);
  const placeholders = createPlaceholders();
  const removal = { access, placeholders, ...reads, ...writes };
  const tagWrites = { ...writes, removeTag: createRemoveTag(removal) };
  const afresh = hidePlaceholders(access, { ...reads, getManifest: reads.fetchManifest }, placeholders);
  return {
    address: access.address,
    name: access.name,
    ...hidePlaceholders(access, reads, placeholders),
    ...finishPlaceholders(access, tagWrites, placeholders, (tag) => finishRemoval(removal, tag)),
    expectManifest: (tagOrDigest, digest) => access.replicas.written(tagOrDigest, digest),
    ...access.profile.extras(access),
    ...createBlobs(access),
    ...createUploadProbe(access),
    listTags: () => listTags(access),
    listReferrers: (digest, artifactType) => listReferrers(access, afresh.getManifest, digest, artifactType),
  };
}

function hasPassword({ credentials }: RegistryConnection): boolean {
  return credentials !== undefined && ("password" in credentials || "passwordConfig" in credentials);
}

/** Equal values as equal texts, in whatever order their keys stand. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
