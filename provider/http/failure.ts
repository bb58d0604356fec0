import { isProviderError, messageOf, ProviderError } from "../errors";
import { headerLimit } from "./dispatchers";
import type { HttpRequest } from "./message";
import { redactUrl } from "./url";

/**
 * What went wrong with a request or a body on its way, told as one of this package's errors.
 * @param error - what undici, a socket, TLS or the request's own body threw. A {@link ProviderError} is returned as it is.
 * @param request - what was tried.
 * @param timeoutMs - the transport's time-out in milliseconds.
 * @returns ERR_TIMEOUT, ERR_TLS, ERR_CONTENT_TOO_LARGE, ERR_CONTENT_INVALID or ERR_TRANSPORT; the message says what to do.
 */
export function failureOf(error: unknown, request: HttpRequest, timeoutMs: number): ProviderError {
  if (isProviderError(error)) return error;
  const code = codeOf(error);
  const url = redactUrl(request.url);
  const { method } = request;
  const host = `${request.url.hostname}:${request.url.port || (request.url.protocol === "https:" ? "443" : "80")}`;
  const tried = `${method} ${url}`;
  const options = { cause: error };
  if (timeoutCodes.has(code)) {
    const message = `${tried}: ${host} was silent for ${timeoutMs} ms (${code}). Try again, or set a longer timeoutSeconds.`;
    return new ProviderError("ERR_TIMEOUT", message, { timeoutMs }, options);
  }
  if (code === "UND_ERR_HEADERS_OVERFLOW") {
    const message = `${tried}: the response's headers exceed ${headerLimit} bytes. Ask the operator of ${host}.`;
    return new ProviderError("ERR_CONTENT_TOO_LARGE", message, { limit: headerLimit }, options);
  }
  if (code === "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH") {
    const message = `${tried}: the content to send has another length than announced: it changed meanwhile. Run again.`;
    return new ProviderError("ERR_CONTENT_INVALID", message, {}, options);
  }
  if (tlsCodes.test(code)) {
    const message = `${tried}: ${tlsReason(code, messageOf(error), host)}`;
    return new ProviderError("ERR_TLS", message, { method, url, ...decidedBy(code, messageOf(error)) }, options);
  }
  const { reason, ...details } = transportReason(code, messageOf(error), host);
  return new ProviderError("ERR_TRANSPORT", `${tried}: ${reason}`, { method, url, ...details }, options);
}

const timeoutCodes = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "ETIMEDOUT",
]);
const tlsCodes =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|ERR_SSL_|ERR_TLS_|EPROTO$|UND_ERR_PRX_TLS$)/;

/** The name stands in where there is no code: undici's parser gives none to its errors. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

const plainAnswer = /wrong.version.number|packet.length.too.long/i;
const certificateWanted = /certificate_required|certificate required|handshake_failure|handshake failure/i;

function decidedBy(code: string, text: string): { readonly decidedBy?: "plainHttp" | "clientCertificate" } {
  if (plainAnswer.test(code + text)) return { decidedBy: "plainHttp" };
  return certificateWanted.test(code + text) ? { decidedBy: "clientCertificate" } : {};
}

function tlsReason(code: string, text: string, host: string): string {
  if (plainAnswer.test(code + text))
    return `${host} speaks plain HTTP, not TLS. If that is meant to be, set plainHttp: true.`;
  if (certificateWanted.test(code + text))
    return `${host} refused the TLS handshake (${code}). If it wants a client's certificate, set clientCertificate and clientKey.`;
  if (code === "UND_ERR_PRX_TLS")
    return "the proxy's certificate is made out to another host. Correct HTTPS_PROXY or HTTP_PROXY.";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return `the certificate of ${host} is made out to another host (${code}). Use a host name that it holds.`;
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID")
    return `the certificate of ${host} is not valid at this time (${code}). Check this machine's clock, or renew it there.`;
  if (code.startsWith("ERR_SSL_") || code === "EPROTO") return `the TLS handshake with ${host} failed (${text}).`;
  return `the certificate of ${host} is not trusted (${code}). Set caCertificate to the PEM of the authority that issued it.`;
}

interface Reason {
  readonly retryable: boolean;
  /** Whether this machine is the reason, and not the address. */
  readonly isLocal?: boolean;
  readonly reason: string;
}

function transportReason(code: string, text: string, host: string): Reason {
  const proxyStatus = proxyAnswer.exec(text)?.[1];
  if (proxyStatus !== undefined) return proxyReason(proxyStatus);
  switch (code) {
    case "ECONNREFUSED":
      return {
        retryable: true,
        reason: `nothing listens on ${host}, or on its proxy if it has one. Check that it runs.`,
      };
    case "ECONNRESET":
    case "EPIPE":
    case "UND_ERR_SOCKET":
      return { retryable: true, reason: `the connection to ${host} broke (${text}). Try again.` };
    case "UND_ERR_RES_CONTENT_LENGTH_MISMATCH":
      return { retryable: true, reason: "the response ended too early. Try again." };
    case "HTTPParserError":
      return parserReason(text, host);
    case "EAI_AGAIN":
      return { retryable: true, reason: "the name server did not answer. Check the network, then try again." };
    case "ENOTFOUND":
      return { retryable: false, reason: `the host name is not known (${host}, or its proxy's). Check the spelling.` };
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return { retryable: false, reason: `there is no way to ${host} (${code}). Check the network.` };
    case "EMFILE":
    case "ENFILE":
      return {
        retryable: false,
        isLocal: true,
        reason: `this process has as many files and connections open as the system lets it have (${code}). Raise the limit (ulimit -n), then run again.`,
      };
    case "UND_ERR_DESTROYED":
    case "UND_ERR_CLOSED":
      return { retryable: false, reason: "this client has been closed." };
    default:
      return { retryable: false, reason: `it failed (${code}: ${text}).` };
  }
}

// The text is undici's only trace of a proxy's answer: to a tunnel's request, or to a plain one.
const proxyAnswer = /^Proxy (?:response|Authentication Required) \((\d+)\)/;

function proxyReason(status: string): Reason {
  const reason = `the proxy answered ${status}. Check HTTPS_PROXY or HTTP_PROXY, the credentials in it, and NO_PROXY.`;
  return { retryable: status.startsWith("5"), reason };
}

function parserReason(text: string, host: string): Reason {
  if (/invalid eof state/i.test(text)) return { retryable: true, reason: "the response ended too early. Try again." };
  const hint = "If it speaks TLS, leave plainHttp out.";
  return { retryable: false, reason: `${host} does not answer in HTTP (${text}). ${hint}` };
}
