import { STATUS_CODES } from "node:http";
import { ProviderError, type RegistryErrorEntry, redact } from "../errors";
import { readBody } from "../http/body";
import type { HttpResponse, Method } from "../http/message";
import { parseRetryAfter } from "../http/retryAfter";
import { redactUrl, sameOrigin } from "../http/url";
import { arrayField, asObject, type JsonReader, optionalString, parseJson, stringField } from "../oci/json";
import { adviceFor } from "./advice";
import type { Scope } from "./authorization";

/** The most that is read of an error's body, in bytes. */
export const errorBodyLimit = 64 * 1024;
const entryLimit = 10;
const textLimit = 1000;
const correlationHeaders = ["x-ms-correlation-request-id", "x-request-id", "x-amzn-requestid", "x-github-request-id"];

/**
 * The error for a status that an operation does not allow for. Reads the response's body, at most 64 KiB of it.
 * @param request - what was answered; `scopes` are named where rights are missing, unless `advice` says what to do about it.
 * @param nowMs - the time to count Retry-After from, in milliseconds since the Unix epoch.
 * @returns ERR_REGISTRY with method, redacted URL, status, the registry's codes and messages, advice, and the correlation id.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes
 */
export async function registryError(
  request: {
    readonly method: Method;
    readonly url: URL;
    readonly scopes: readonly Scope[];
    readonly advice?: string;
  },
  response: HttpResponse,
  nowMs: number,
): Promise<ProviderError<"ERR_REGISTRY">> {
  const { method, scopes, advice } = request;
  const { status, headers } = response;
  const errors = parseErrorEntries(await readBody(response, errorBodyLimit, "error").catch(() => new Uint8Array()));
  const retryAfterMs = parseRetryAfter(headers["retry-after"], nowMs);
  const url = redactUrl(request.url);
  const parts = [
    `${method} ${url}: ${status} ${answerText(status, errors)}.`,
    sameOrigin(response.url, request.url) ? "" : `The answer came from ${response.url.host}.`,
    adviceFor({ method, status, scopes, errors, ...(advice !== undefined && { advice }) }),
    correlation(headers),
  ];
  return new ProviderError("ERR_REGISTRY", parts.filter((part) => part !== "").join(" "), {
    method,
    url,
    status,
    errors,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/**
 * The entries of a registry's error body, their texts redacted; the first ten of them.
 * @returns none for a body that is not one of the distribution specification: an empty one, a proxy's page.
 */
export function parseErrorEntries(body: Uint8Array): readonly RegistryErrorEntry[] {
  try {
    const document = asObject(parseJson(body, "error body", errorBodyLimit), "error body:");
    return arrayField(document, "errors", readEntry).slice(0, entryLimit);
  } catch {
    return [];
  }
}

const readEntry: JsonReader<RegistryErrorEntry> = (value, path) => {
  const entry = asObject(value, path);
  const message = optionalString(entry, "message");
  const { detail } = entry.fields;
  return {
    code: printable(stringField(entry, "code")),
    ...(message !== undefined && { message: printable(message) }),
    ...(detail !== undefined && detail !== null && { detail }),
  };
};

function printable(text: string): string {
  return redact(text).slice(0, textLimit).replace(/\s+/g, " ").trim();
}

/** The text of a status and of the entries of its body, for messages; without a full stop. */
export function answerText(status: number, errors: readonly RegistryErrorEntry[]): string {
  if (errors.length === 0) return STATUS_CODES[status] ?? "without a reason";
  const texts = errors.map(({ code, message }) => (message ? `${code}: ${message}` : code));
  return texts.join("; ").replace(/\.$/, "");
}

function correlation(headers: HttpResponse["headers"]): string {
  const name = correlationHeaders.find((header) => headers[header] !== undefined);
  return name === undefined ? "" : `(${name}: ${printable(headers[name] ?? "")})`;
}
