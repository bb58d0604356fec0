import type { Readable } from "node:stream";
import { ProviderError } from "../errors";
import type { Clock } from "./clock";
import type { HttpRequest } from "./message";
import { redactUrl } from "./url";

/** How long a peer may be silent, and by which clock it is found to be slow. */
export interface Patience {
  /** Bound of each silence in milliseconds; also how long a body may come too slowly. */
  readonly timeoutMs: number;
  readonly clock: Pick<Clock, "now">;
}

/** The fewest bytes a second that a body may come with. */
const slowestRate = 1024;

/**
 * Has a body fail with ERR_TIMEOUT that comes with less than 1 KiB a second for as long as a silence may last: each of its bytes ends
 * a silence, so that nothing else would end it. Only time in which the reader waits counts; who reads slowly may.
 */
export function withPace(body: Readable, request: Pick<HttpRequest, "method" | "url">, patience: Patience): Readable {
  const { timeoutMs, clock } = patience;
  let waitedMs = 0;
  let received = 0;
  let wantedAt: number | undefined;
  const read = body._read.bind(body);
  const push = body.push.bind(body);
  body._read = (size) => {
    wantedAt ??= clock.now();
    read(size);
  };
  body.push = (chunk: Uint8Array | null) => {
    if (chunk === null) return push(chunk);
    const now = clock.now();
    waitedMs += now - (wantedAt ?? now);
    wantedAt = undefined;
    received += chunk.length;
    if (waitedMs >= timeoutMs) {
      if (received < (waitedMs / 1000) * slowestRate) {
        body.destroy(tooSlow(request, received, waitedMs, timeoutMs));
        return false;
      }
      waitedMs = 0;
      received = 0;
    }
    const takesMore = push(chunk);
    if (takesMore) wantedAt ??= now;
    return takesMore;
  };
  return body;
}

function tooSlow(
  { method, url }: Pick<HttpRequest, "method" | "url">,
  received: number,
  waitedMs: number,
  timeoutMs: number,
) {
  const rate = `${received} bytes in ${Math.round(waitedMs / 1000)} s, less than ${slowestRate} a second`;
  const message = `${method} ${redactUrl(url)}: ${url.host} sends too slowly: ${rate}. Try again, or look at the network between.`;
  return new ProviderError("ERR_TIMEOUT", message, { timeoutMs });
}
