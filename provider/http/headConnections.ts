import { hasCode, ProviderError } from "../errors";
import type { HttpRequest } from "./message";

/**
 * Knowledge of one transport about servers that answer a HEAD with a body, which breaks the next answer on the same connection. A
 * connection is kept after a HEAD until that has happened at its origin.
 */
export interface HeadConnections {
  /** Whether the request must be the last one on its connection. */
  isLast(request: Pick<HttpRequest, "method" | "url">): boolean;
  /** Takes note that an origin has answered a request. */
  answered(request: Pick<HttpRequest, "method" | "url">): void;
  /**
   * The failure of a request, which may be tried again where a HEAD's body is to blame.
   * @param cause - the parser's error.
   */
  failed(request: Pick<HttpRequest, "url">, cause: unknown, failure: ProviderError): ProviderError;
}

/** Knows of no server yet. */
export function createHeadConnections(): HeadConnections {
  const asked = new Set<string>();
  const sendBodies = new Set<string>();
  return {
    isLast: ({ method, url }) => method === "HEAD" && sendBodies.has(url.origin),
    answered({ method, url }) {
      if (method === "HEAD") asked.add(url.origin);
    },
    failed({ url }, cause, failure) {
      const isOutOfStep = cause instanceof Error && cause.name === "HTTPParserError" && asked.has(url.origin);
      if (!isOutOfStep || !hasCode(failure, "ERR_TRANSPORT")) return failure;
      sendBodies.add(url.origin);
      const message = `${failure.message} It may have answered an earlier HEAD with a body.`;
      return new ProviderError("ERR_TRANSPORT", message, { ...failure.details, retryable: true }, { cause });
    },
  };
}
