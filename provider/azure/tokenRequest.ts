import type { LookupFunction } from "node:net";
import { ProviderError } from "../errors";
import { readBody } from "../http/body";
import type { Clock } from "../http/clock";
import type { HttpRequest } from "../http/message";
import { createTransport } from "../http/transport";
import { redactUrl } from "../http/url";
import type { RequestWatch } from "../http/watchedTransport";
import type { JsonObject } from "../oci/json";
import type { Environment } from "../program";
import { entraRefusal } from "./entraRefusal";
import { parseAnswer } from "./jsonAnswer";

/** What signing in to Azure needs of the process that it runs in. */
export interface AzureWorld {
  readonly clock: Clock;
  readonly environment: Environment;
  /** Looks up host names; default `dns.lookup`. */
  readonly lookup?: LookupFunction;
  /** Watches each request. */
  readonly watch?: RequestWatch;
}

/** How a token is asked for. */
export interface TokenRequest {
  readonly url: URL;
  /** Sent as `application/x-www-form-urlencoded`; without it the request is a GET. */
  readonly form?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  readonly authorization?: string;
  /** Who asks, and by which means: for messages. */
  readonly asker: string;
  /** An address of this very machine or its host, which no proxy knows. */
  readonly isLocal?: true;
}

const answerLimit = 64 * 1024;
const timeoutMs = 30_000;
// Where nobody gives out tokens, packets to this address may vanish.
const localTimeoutMs = 5_000;

/**
 * Asks once, over a connection of its own and without following redirects.
 * @returns the answer's JSON object.
 * @throws ERR_AUTH for a refusal or an answer that is none; ERR_TRANSPORT, retryable, for 429 and 5xx; ERR_TRANSPORT, ERR_TLS,
 * ERR_TIMEOUT without an answer.
 */
export async function askForToken(world: AzureWorld, request: TokenRequest): Promise<JsonObject> {
  const { environment, lookup, watch } = world;
  const transport = createTransport({
    timeoutMs: request.isLocal ? localTimeoutMs : timeoutMs,
    environment: request.isLocal ? {} : environment,
    ...(lookup && { lookup }),
    ...(watch && { watch }),
  });
  try {
    const response = await transport.send(httpRequest(request));
    const answer = parseAnswer(await readBody(response, answerLimit, "token"), answerLimit);
    if (response.status === 200 && answer !== undefined) return answer;
    throw refusal(request, response.status, answer);
  } finally {
    await transport.close();
  }
}

function httpRequest({ url, form, headers, authorization }: TokenRequest): HttpRequest {
  return {
    method: form === undefined ? "GET" : "POST",
    url,
    headers: {
      accept: "application/json",
      ...headers,
      ...(form && { "content-type": "application/x-www-form-urlencoded" }),
    },
    ...(authorization !== undefined && { authorization }),
    ...(form && { body: Buffer.from(form.toString()) }),
    redirects: "refuse",
    host: "named",
  };
}

function refusal({ url, form, asker }: TokenRequest, status: number, answer: JsonObject | undefined): ProviderError {
  const method = form === undefined ? "GET" : "POST";
  if (status !== 429 && status < 500) return entraRefusal({ asker, url, method, status }, answer);
  const message = `${method} ${redactUrl(url)}: ${status}: no token for ${asker}. Try again later.`;
  return new ProviderError("ERR_TRANSPORT", message, { method, url: redactUrl(url), retryable: true });
}
