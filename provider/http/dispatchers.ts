import { lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import type { SecureContext } from "node:tls";
import { Agent, type Dispatcher, Pool, ProxyAgent } from "undici";
import { rememberSecret } from "../errors";
import { filteredLookup } from "./lookup";
import type { HttpRequest } from "./message";
import { type Environment, proxyFor } from "./proxy";
import type { Reach } from "./reach";

/** The most bytes of response headers. */
export const headerLimit = 16 * 1024;

// An index over 20 images looks at all of them, its tags included, in one step. Those who send blobs through them use some 2 MiB each.
const mostConnections = 32;

/** What all connections have in common. */
export interface ConnectionOptions {
  /** Hosts that the user did not name get to see no client certificate. `undefined`: Node's defaults. */
  readonly secureContexts: Readonly<Record<"named" | "others", SecureContext | undefined>>;
  readonly timeoutMs: number;
  readonly environment: Environment;
  /** As `dns.lookup`, which is the default. */
  readonly lookup: LookupFunction | undefined;
  /** Told where named hosts are found. */
  readonly reach: Reach;
}

/** The pools of connections that requests go through. */
export interface Dispatchers {
  /** The pool for a request: by the standing of its host, and by its proxy. @throws ERR_INPUT_INVALID (see `proxyFor`). */
  for(request: Pick<HttpRequest, "url" | "host">): Dispatcher;
  /** Ends all connections, idle or not. */
  destroy(): Promise<void>;
}

/**
 * Pools of at most 32 connections an origin: one for hosts that the user named, one for each other standing, whose connections
 * refuse addresses that it must not have, and the same for each proxy. A proxy looks up names itself; what it may reach is its own affair.
 */
export function createDispatchers(options: ConnectionOptions): Dispatchers {
  const pools = new Map<string, Dispatcher>();
  const pool = (key: string, create: () => Dispatcher): Dispatcher => {
    const known = pools.get(key) ?? create();
    pools.set(key, known);
    return known;
  };
  return {
    for({ url, host }) {
      const proxy = proxyFor(url, options.environment);
      if (proxy !== undefined) return pool(`${host} ${proxy.href}`, () => proxied(options, host, proxy));
      return pool(host, () => direct(options, host));
    },
    async destroy() {
      await Promise.all([...pools.values()].map((dispatcher) => dispatcher.destroy()));
    },
  };
}

function limits({ timeoutMs }: ConnectionOptions) {
  return {
    connections: mostConnections,
    maxHeaderSize: headerLimit,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  };
}

function tlsOptions({ secureContexts, timeoutMs }: ConnectionOptions, host: HttpRequest["host"]) {
  const secureContext = secureContexts[host === "named" ? "named" : "others"];
  return { timeout: timeoutMs, ...(secureContext && { secureContext }) };
}

function direct(options: ConnectionOptions, host: HttpRequest["host"]): Dispatcher {
  const { lookup = systemLookup, reach } = options;
  return new Agent({
    ...limits(options),
    connect: {
      ...tlsOptions(options, host),
      lookup: host === "named" ? reach.noting(lookup) : filteredLookup(lookup, host),
    },
  });
}

function proxied(options: ConnectionOptions, host: HttpRequest["host"], proxy: URL): Dispatcher {
  rememberSecret(decodeURIComponent(proxy.password));
  // Without these factories undici gives the connections to the proxy no limits of ours.
  const factory = (origin: URL | string, connection: object) => new Pool(origin, { ...connection, ...limits(options) });
  return new ProxyAgent({
    ...limits(options),
    uri: proxy.href,
    // As other clients do it, and as many proxies demand: a tunnel for https only.
    proxyTunnel: false,
    requestTls: tlsOptions(options, host),
    proxyTls: tlsOptions(options, "untrusted"),
    factory,
    clientFactory: factory,
  });
}
