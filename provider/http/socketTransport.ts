import { Agent } from "undici";
import { systemClock } from "./clock";
import { headerLimit } from "./dispatchers";
import type { Transport } from "./message";
import { exchange } from "./transport";
import { type RequestWatch, watchedTransport } from "./watchedTransport";

/**
 * A transport to the one server that listens on a Unix domain socket, whatever host a request's URL names. It obeys no redirect.
 * {@link Transport.close} it when it is not needed any more.
 * @param socketPath - absolute.
 * @param timeoutMs - bound of each silence in milliseconds: connecting, waiting for headers, between two chunks of a body.
 * @param watch - watches each request.
 */
export function createSocketTransport(socketPath: string, timeoutMs: number, watch?: RequestWatch): Transport {
  const agent = new Agent({
    maxHeaderSize: headerLimit,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { socketPath, timeout: timeoutMs },
  });
  const wire: Transport = {
    send: (request) => exchange(request, { for: () => agent }, { timeoutMs, clock: systemClock }),
    close: () => agent.destroy(),
  };
  return watchedTransport(wire, watch);
}
