import { hasCode, ProviderError } from "../errors";
import { readBody } from "../http/body";
import type { Clock } from "../http/clock";
import type { Gate } from "../http/gate";
import type { HttpRequest, HttpResponse, Transport } from "../http/message";
import { retrying } from "../http/retry";
import { parseRetryAfter } from "../http/retryAfter";
import type { JsonObject } from "../oci/json";
import { armError } from "./armError";
import { parseAnswer } from "./jsonAnswer";

/** One request to Azure Resource Manager. */
export interface ArmRequest {
  readonly method: "GET" | "POST";
  /** With its `api-version`. */
  readonly url: URL;
  /** Sent as JSON. */
  readonly body?: object;
  /** Whether it may be sent again after its answer was lost. Refusals for now (429, 503) are always tried again. */
  readonly isRepeatable: boolean;
}

/** An answer of success, its body read. */
export interface ArmAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `undefined` for an empty body, and for the `null` that a 202 may have. */
  readonly body: JsonObject | undefined;
}

/** Azure Resource Manager, as one identity. */
export interface ArmClient {
  readonly endpoint: URL;
  readonly clock: Clock;
  /**
   * Sends, with retries; a 401 gets one more attempt with a new token.
   * @throws ERR_REGISTRY for a status of 300 or more, ERR_AUTH without a token, ERR_TRANSPORT, ERR_TLS, ERR_TIMEOUT.
   */
  send(request: ArmRequest): Promise<ArmAnswer>;
}

const answerLimit = 1024 * 1024;

/**
 * The URL of a resource or of an action on it.
 * @param path - a resource id, with the action's name at its end.
 */
export function armUrl({ endpoint }: Pick<ArmClient, "endpoint">, path: string, apiVersion: string): URL {
  const url = new URL(path, endpoint);
  url.searchParams.set("api-version", apiVersion);
  return url;
}

/**
 * A client of Azure Resource Manager.
 * @param options - `endpoint`: its origin. `authorize`: the Authorization header's value; told to get a new token when the last
 * one was refused.
 */
export function createArmClient(options: {
  readonly endpoint: URL;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly gate: Gate;
  authorize(refused?: string): Promise<string>;
}): ArmClient {
  const { endpoint, transport, clock, gate, authorize } = options;

  async function exchange(request: ArmRequest): Promise<HttpResponse> {
    const authorization = await authorize();
    const response = await transport.send(httpRequest(request, authorization));
    if (response.status !== 401) return response;
    response.body.destroy();
    return transport.send(httpRequest(request, await authorize(authorization)));
  }

  async function sendOnce(request: ArmRequest): Promise<ArmAnswer> {
    const response = await exchange(request).catch((error: unknown) => {
      throw request.isRepeatable ? error : unlessSent(error);
    });
    const { status, headers } = response;
    const body = parseAnswer(await readBody(response, answerLimit, "answer"), answerLimit);
    if (status < 300) return { status, headers, body };
    const retryAfterMs = parseRetryAfter(headers["retry-after"], clock.date());
    const { method, url } = request;
    throw armError({ method, url, status, headers, body, ...(retryAfterMs !== undefined && { retryAfterMs }) });
  }

  return { endpoint, clock, send: (request) => retrying({ clock, gate }, () => sendOnce(request)) };
}

function httpRequest({ method, url, body }: ArmRequest, authorization: string): HttpRequest {
  return {
    method,
    url,
    authorization,
    headers: { accept: "application/json", ...(body && { "content-type": "application/json" }) },
    // An action without a body still says so: services in front of ARM refuse a POST without a length.
    ...(method === "POST" && { body: Buffer.from(body === undefined ? "" : JSON.stringify(body)) }),
    redirects: "refuse",
    host: "named",
  };
}

/** What may have arrived must not be sent twice; a connection that was refused brought nothing there. */
function unlessSent(error: unknown): unknown {
  if (!hasCode(error, "ERR_TRANSPORT") && !hasCode(error, "ERR_TIMEOUT")) return error;
  const { cause } = error;
  if (cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED") return error;
  const { method = "POST", url = "" } = hasCode(error, "ERR_TRANSPORT") ? error.details : {};
  const message = `${error.message} It may have arrived none the less, so it was not sent again.`;
  return new ProviderError("ERR_TRANSPORT", message, { method, url, retryable: false }, { cause: error });
}
