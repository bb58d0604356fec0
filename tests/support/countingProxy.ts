import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { Server as NetServer } from "node:net";
import { performance } from "node:perf_hooks";
import { pipeline } from "node:stream/promises";

/** One request that went through the proxy. The times are milliseconds of one monotonic clock. */
export interface CountedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly status: number;
  readonly startedMs: number;
  readonly endedMs: number;
}

/** A proxy in front of a registry that keeps account of what was asked. */
export interface CountingProxy {
  /** `localhost:PORT`. */
  readonly address: string;
  /** The requests whose response has ended, in the order in which they began. */
  readonly requests: readonly CountedRequest[];
  /** The length of the longest run of requests each of which began after the one before had ended. */
  longestChain(): number;
  /** Forgets what was counted. */
  reset(): void;
  stop(): Promise<void>;
}

/**
 * Starts a reverse proxy on a free loopback port. It streams both ways and keeps the Host header,
 * so that absolute Location headers of the registry point back to the proxy.
 * @param target - `host:port` of a registry that speaks plain HTTP.
 * @param admitted - asked before a request goes on to the registry; see {@link roundsOf}.
 */
export async function countingProxy(
  target: string,
  admitted: Admission = async () => () => {},
): Promise<CountingProxy> {
  const requests: CountedRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = "", url: path = "" } = incoming;
    const startedMs = performance.now();
    let isCounted = false;
    const count = () => {
      if (isCounted) return;
      isCounted = true;
      insertInOrder(requests, { method, path, status: outgoing.statusCode, startedMs, endedMs: performance.now() });
    };
    outgoing.once("close", count);
    void admitted().then((leave) => {
      outgoing.once("close", leave);
      forward(target, incoming, outgoing, count);
    });
  });
  // Node ends idle connections after 5 s: on a busy machine just when the client uses one again, which would count as a retry.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `localhost:${portOf(server)}`,
    requests,
    longestChain: () => longestChain(requests),
    reset: () => {
      requests.length = 0;
    },
    stop: () => closeServer(server),
  };
}

/** Lets a request through when its time has come, and gives what to call when it has ended. */
export type Admission = () => Promise<() => void>;

/**
 * Lets requests through in rounds, so that what can run at the same time does, and {@link CountingProxy.longestChain} tells
 * what waits for what however fast the machine is. A round begins when all requests of the one before have ended and no
 * further one has come for a while; so a request must not wait for one that comes later.
 * @param quietTurns - how long that while is, in turns of the event loop: a busy machine makes them longer, not fewer.
 * @returns for {@link countingProxy}; the proxies that share it share the rounds.
 */
export function roundsOf(quietTurns: number): Admission {
  let waiting: ((leave: () => void) => void)[] = [];
  let running = 0;
  let timer: NodeJS.Timeout | undefined;
  const leave = () => {
    running -= 1;
    wait();
  };
  const begin = () => {
    const round = waiting;
    waiting = [];
    running = round.length;
    for (const admit of round) admit(leave);
  };
  const countDown = (turns: number) => {
    timer = setTimeout(() => (turns === 0 ? begin() : countDown(turns - 1)), 1);
  };
  const wait = () => {
    clearTimeout(timer);
    if (running === 0 && waiting.length > 0) countDown(quietTurns);
  };
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      wait();
    });
}

/** The port that a server listens on. */
export function portOf(server: NetServer): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The server does not listen on a port.");
  return address.port;
}

/** Stops a server and ends the connections to it. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

/** The length of the longest run of requests each of which began after the one before had ended. */
export function longestChain(requests: readonly Pick<CountedRequest, "startedMs" | "endedMs">[]): number {
  const byEnd = [...requests].sort((a, b) => a.endedMs - b.endedMs);
  const lengths: number[] = [];
  for (const [index, { startedMs }] of byEnd.entries()) {
    const before = lengths.slice(0, index).filter((_, earlier) => (byEnd[earlier]?.endedMs ?? 0) <= startedMs);
    lengths.push(1 + Math.max(0, ...before));
  }
  return Math.max(0, ...lengths);
}

function insertInOrder(requests: CountedRequest[], counted: CountedRequest): void {
  const later = requests.findIndex(({ startedMs }) => startedMs > counted.startedMs);
  requests.splice(later < 0 ? requests.length : later, 0, counted);
}

/** @param ended - called when the registry's response has arrived, before the last of it goes to the client. */
function forward(target: string, incoming: IncomingMessage, outgoing: ServerResponse, ended: () => void): void {
  const { method, url, rawHeaders } = incoming;
  const upstream = request(`http://${target}`, { method, path: url, headers: rawHeaders, setHost: false });
  const abandon = () => outgoing.destroy();
  upstream.once("error", abandon);
  upstream.once("response", (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders);
    response.once("end", ended);
    pipeline(response, outgoing).catch(abandon);
  });
  pipeline(incoming, upstream).catch(abandon);
}
