import type { LookupFunction } from "node:net";
import type { Readable } from "node:stream";
import { request as undiciRequest } from "undici";
import { type Clock, systemClock } from "./clock";
import { createDispatchers, type Dispatchers } from "./dispatchers";
import { failureOf } from "./failure";
import { createHeadConnections, type HeadConnections } from "./headConnections";
import { refuseLiteral } from "./lookup";
import type { HttpRequest, HttpResponse, RequestBody, Transport } from "./message";
import { type Patience, withPace } from "./pace";
import type { Environment } from "./proxy";
import { createReach } from "./reach";
import { followRedirects } from "./redirect";
import { secureContext, type Trust } from "./trust";
import { type RequestWatch, watchedTransport } from "./watchedTransport";

/** How one registry, and whatever it points to, is reached. */
export interface TransportOptions extends Trust {
  /**
   * Bound of each silence in milliseconds: connecting, waiting for headers, between two chunks of a body. A body may not come with
   * less than 1 KiB a second for as long, either.
   */
  readonly timeoutMs: number;
  /** Finds out how fast bodies come; default: the machine's. The silences are always measured by that. */
  readonly clock?: Pick<Clock, "now">;
  /** Of it HTTPS_PROXY, HTTP_PROXY, NO_PROXY (or in lower case) and NODE_EXTRA_CA_CERTS count. See `proxyFor`. */
  readonly environment: Environment;
  /** Looks up host names; default `dns.lookup`. */
  readonly lookup?: LookupFunction;
  /** Watches each request, a redirect's hops too. */
  readonly watch?: RequestWatch;
}

/**
 * A transport with connection pools of its own: {@link Transport.close} it when it is not needed any more.
 * It asks for bodies as they are (`accept-encoding: identity`); readers deal with servers that encode them all the same.
 * @throws ERR_INPUT_INVALID for certificates or a key that cannot be used.
 */
export function createTransport(options: TransportOptions): Transport {
  const { caCertificate, environment, lookup, timeoutMs, clock = systemClock, watch } = options;
  const secureContexts = {
    named: secureContext(options, environment),
    others: secureContext(caCertificate === undefined ? {} : { caCertificate }, environment),
  };
  const reach = createReach();
  const heads = createHeadConnections();
  const dispatchers = createDispatchers({ secureContexts, timeoutMs, environment, lookup, reach });
  const wire: Transport = {
    send: (request) => exchange(request, dispatchers, { timeoutMs, clock }, heads),
    close: () => dispatchers.destroy(),
  };
  const { send, close } = watchedTransport(wire, watch);
  return { send: (request) => followRedirects(request, send, reach.standingBeyond), close };
}

/**
 * Sends one request and obeys no redirect.
 * @param dispatchers - give the connection.
 * @param patience - `timeoutMs`: what their silences are bound by.
 * @param heads - knows where a connection must not be used again after a HEAD.
 * @throws as {@link Transport.send}.
 */
export async function exchange(
  request: HttpRequest,
  dispatchers: Pick<Dispatchers, "for">,
  patience: Patience,
  heads?: HeadConnections,
): Promise<HttpResponse> {
  const { method, url } = request;
  refuseLiteral(request);
  const dispatcher = dispatchers.for(request);
  const fail = (error: unknown) => failureOf(error, request, patience.timeoutMs);
  const response = await undiciRequest(url, {
    dispatcher,
    method,
    // By default undici ends the connection after each HEAD, for servers that answer it with a body.
    reset: heads?.isLast(request) ?? false,
    headers: headersOf(request),
    body: request.body === undefined ? null : sendable(request.body),
  }).catch((error: unknown) => {
    throw heads?.failed(request, error, fail(error)) ?? fail(error);
  });
  const headers = flatten(response.headers);
  const body = withPace(withFailures(response.body, fail), request, patience);
  heads?.answered(request);
  return { status: response.statusCode, headers, url, body };
}

function headersOf({ headers, authorization, body }: HttpRequest): Record<string, string> {
  return {
    "user-agent": "pulumi-multiarch",
    ...headers,
    ...(body !== undefined && { "content-length": String(body.length) }),
    ...(authorization !== undefined && { authorization }),
    "accept-encoding": "identity",
  };
}

function sendable(body: RequestBody): Uint8Array | Readable {
  return body instanceof Uint8Array ? body : body.open();
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]),
  );
}

/** Lets undici's body end with errors of this package. */
function withFailures(body: Readable, fail: (error: unknown) => Error): Readable {
  const destroy = body.destroy.bind(body);
  const abort = body._destroy.bind(body);
  body.destroy = (error) => destroy(error && fail(error));
  // What we end ourselves is no failure, which undici would make of it.
  body._destroy = (error, callback) => abort(error, () => callback(error));
  // A body that nobody reads any more may break without taking the process along.
  body.on("error", () => {});
  return body;
}
