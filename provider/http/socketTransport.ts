import { Agent } from "undici";
import { headerLimit } from "./dispatchers";
import type { Transport } from "./message";
import { exchange } from "./transport";

/**
 * A transport to the one server that listens on a Unix domain socket, whatever host a request's URL names. It obeys no redirect.
 * {@link Transport.close} it when it is not needed any more.
 * @param socketPath - absolute.
 * @param timeoutMs - bound of each silence in milliseconds: connecting, waiting for headers, between two chunks of a body.
 */
export function createSocketTransport(socketPath: string, timeoutMs: number): Transport {
  const agent = new Agent({
    maxHeaderSize: headerLimit,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { socketPath, timeout: timeoutMs },
  });
  return {
    send: (request) => exchange(request, { for: () => agent }, timeoutMs),
    close: () => agent.destroy(),
  };
}
