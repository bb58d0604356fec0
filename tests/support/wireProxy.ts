import { type ClientRequest, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { closeServer, portOf } from "./countingProxy";

/** One request and its response. */
export interface Exchange {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Of the response, once the registry has answered. */
  location?: string | undefined;
}

/** `received`: the request's headers are here. `halfway`: so is half of its body. `answered`: the registry responded. `sent`: so did we. */
export type Moment = "received" | "halfway" | "answered" | "sent";

/**
 * Is told of every event on the wire. The exchange goes on when the promise is fulfilled; when it is rejected, the exchange
 * ends there and neither side hears more.
 */
export type Observer = (exchange: Exchange, moment: Moment) => Promise<void>;

/** A proxy in front of a registry that tells what happens on the wire, and when. */
export interface WireProxy {
  /** `localhost:PORT`. */
  readonly address: string;
  /** Who is told; nobody at first. */
  observer: Observer;
  /** Waits until no exchange is under way. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a reverse proxy on a free loopback port. It keeps the Host header, so that absolute Location headers of the registry
 * point back to it. A request that has arrived whole reaches the registry, even when its client is gone meanwhile.
 * @param target - `host:port` of a registry that speaks plain HTTP.
 */
export async function wireProxy(target: string): Promise<WireProxy> {
  const exchanges = new Set<Promise<void>>();
  const server = createServer((incoming, outgoing) => {
    const exchange = forward(target, incoming, outgoing, proxy.observer).catch(() => {
      outgoing.destroy();
    });
    exchanges.add(exchange);
    void exchange.then(() => exchanges.delete(exchange));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: WireProxy = {
    address: `localhost:${portOf(server)}`,
    observer: async () => {},
    async idle() {
      while (exchanges.size > 0) await Promise.all(exchanges);
    },
    stop: () => closeServer(server),
  };
  return proxy;
}

async function forward(target: string, incoming: IncomingMessage, outgoing: ServerResponse, observe: Observer) {
  const { method = "", url: path = "", rawHeaders } = incoming;
  const exchange: Exchange = { method, path };
  await observe(exchange, "received");
  const upstream = request(`http://${target}`, { method, path, headers: rawHeaders, setHost: false });
  const response = await Promise.race([
    responseTo(upstream),
    forwardBody(incoming, upstream, () => observe(exchange, "halfway")),
  ]).catch((error: unknown) => {
    upstream.destroy();
    throw error;
  });
  const body = await bytesOf(response);
  exchange.location = response.headers.location;
  await observe(exchange, "answered");
  if (outgoing.destroyed) return;
  outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders);
  await new Promise<void>((resolve) => outgoing.end(body, resolve).once("close", resolve));
  await observe(exchange, "sent");
}

function responseTo(upstream: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    upstream.once("response", resolve).once("error", reject);
  });
}

/** @returns never: only the response ends the exchange. @throws when the client is gone before the end. */
async function forwardBody(incoming: IncomingMessage, upstream: ClientRequest, halfway: () => Promise<void>) {
  const half = Math.floor(Number(incoming.headers["content-length"] ?? 0) / 2);
  let length = 0;
  for await (const chunk of incoming) {
    const cut = half - length;
    length += chunk.length;
    if (cut <= 0 || cut > chunk.length) {
      upstream.write(chunk);
    } else {
      upstream.write(chunk.subarray(0, cut));
      await halfway();
      upstream.write(chunk.subarray(cut));
    }
  }
  upstream.end();
  return new Promise<never>(() => {});
}

async function bytesOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks);
}
