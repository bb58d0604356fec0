import { ProviderError } from "../errors";
import { discardBody } from "../http/body";
import type { Clock } from "../http/clock";
import type { Gate } from "../http/gate";
import type { HttpRequest, HttpResponse, Method, RequestBody, Transport } from "../http/message";
import { retrying } from "../http/retry";
import { redactUrl, sameOrigin } from "../http/url";
import type { Authorizer, Scope } from "./authorization";
import { registryError } from "./registryError";

/** One request of the distribution API, before it is authorised. */
export interface Operation {
  readonly method: Method;
  /** On the registry's own origin; only an upload's Location may be elsewhere. */
  readonly url: URL;
  /** What a token must allow for it. */
  readonly scopes: readonly Scope[];
  /** The statuses that are an answer. Every other one becomes an error. */
  readonly answers: readonly number[];
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
}

/**
 * Sends an operation, authorised, and reads the answer.
 * @param read - makes the result of a response whose status is among `answers`; reads or destroys its body.
 * @throws ERR_REGISTRY for any other status, ERR_AUTH, ERR_TRANSPORT, ERR_TLS, ERR_TIMEOUT; ERR_ADDRESS_REFUSED.
 */
export type Send = <T>(operation: Operation, read: (response: HttpResponse) => Promise<T>) => Promise<T>;

/** The one place where requests to a registry are authorised, retried and judged. */
export interface Operations {
  /** With retries, reading included: for an operation that may be repeated as it is. */
  readonly send: Send;
  /**
   * Several requests that are retried as one: `work` starts again from its beginning, within one budget for all of it.
   * @param work - gets a `send` that does not retry, and the number of the attempt, from 1.
   */
  retry<T>(work: (send: Send, attempt: number) => Promise<T>): Promise<T>;
}

/** The statuses by which registries report success: some say 200, 202 or 204 where the specification has 201. */
export const successes: readonly number[] = [200, 201, 202, 204];

// A refused token, refused credentials, and the environment's credentials after those: no registry needs more.
const challengeLimit = 3;

/**
 * The operations on one registry.
 * @param registry - `origin`: where its API is served. `notify`: told once of each other host that uploads are sent to.
 */
export function createOperations(registry: {
  readonly origin: URL;
  readonly transport: Transport;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  readonly gate: Gate;
  readonly notify: (message: string) => void;
  /** Called at each answer of the registry itself that an operation takes. */
  readonly answered?: () => void;
}): Operations {
  const { origin, transport, authorizer, clock, gate, notify, answered } = registry;
  const otherHosts = new Set<string>();

  const sendOnce: Send = async (operation, read) => {
    const isOwn = sameOrigin(operation.url, origin);
    const response = await (isOwn ? sendAuthorised(operation) : sendElsewhere(operation));
    if (operation.answers.includes(response.status)) {
      if (isOwn) answered?.();
      return read(response);
    }
    const advice = isOwn && response.status === 403 ? await authorizer.rightsAdvice(operation.scopes) : undefined;
    throw await registryError({ ...operation, ...(advice !== undefined && { advice }) }, response, clock.date());
  };

  async function sendAuthorised(operation: Operation): Promise<HttpResponse> {
    const { scopes } = operation;
    for (let challenges = 0; ; challenges++) {
      const authorization = await authorizer.authorize(scopes);
      const request = { ...requestOf(operation), ...(authorization !== undefined && { authorization }) };
      const response = await transport.send({ ...request, host: "named" });
      const isRefused = [401, 403].includes(response.status) && sameOrigin(response.url, origin);
      if (!isRefused || challenges === challengeLimit) return response;
      if (!(await isWorthRepeating(response, scopes, authorization))) return response;
      await discardBody(response);
    }
  }

  async function isWorthRepeating(response: HttpResponse, scopes: readonly Scope[], used: string | undefined) {
    try {
      if (response.status === 403) return await authorizer.denied(scopes, used);
      return await authorizer.challenged(response, scopes, used);
    } catch (error) {
      response.body.destroy();
      throw error;
    }
  }

  /** An upload whose session the registry keeps on another host: that host gets the blob and nothing else. */
  async function sendElsewhere(operation: Operation): Promise<HttpResponse> {
    const { url } = operation;
    if (url.protocol !== "https:") throw refusedAddress(origin, url);
    if (!otherHosts.has(url.host)) notify(`${origin.host} has its uploads sent to ${url.host}.`);
    otherHosts.add(url.host);
    return transport.send({ ...requestOf(operation), host: "untrusted" });
  }

  return {
    send: (operation, read) => retrying({ clock, gate }, () => sendOnce(operation, read)),
    retry: (work) => retrying({ clock, gate }, (attempt) => work(sendOnce, attempt)),
  };
}

/** Reads nothing but status and headers. */
export async function headersOnly(response: HttpResponse): Promise<Pick<HttpResponse, "status" | "headers">> {
  await discardBody(response);
  return { status: response.status, headers: response.headers };
}

function requestOf({ method, url, headers, body }: Operation): Omit<HttpRequest, "host" | "authorization"> {
  const redirects = method === "GET" || method === "HEAD" ? "follow" : "sameOrigin";
  return { method, url, redirects, ...(headers && { headers }), ...(body && { body }) };
}

function refusedAddress(origin: URL, url: URL) {
  return new ProviderError(
    "ERR_ADDRESS_REFUSED",
    `${origin.host} asks for an upload to ${redactUrl(url)}, another host without TLS; nothing is sent there. Ask its operator.`,
    { url: redactUrl(url) },
  );
}
