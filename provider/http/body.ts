import { finished } from "node:stream/promises";
import { ProviderError } from "../errors";
import { decodedDocument } from "./contentEncoding";
import type { HttpResponse } from "./message";
import { redactUrl } from "./url";

const discardLimit = 64 * 1024;

/**
 * A response's whole body, decompressed where a server has compressed it unasked.
 * @param response - its body is read to the end, or destroyed when it is too large.
 * @param limit - the most that is accepted, in bytes.
 * @param what - what the body is, for the message: `manifest`, `token`.
 * @throws ERR_CONTENT_TOO_LARGE when the announced length or the bytes themselves exceed `limit`; ERR_TRANSPORT (retryable) when
 * the body ends before its announced length; ERR_CONTENT_INVALID for an encoding that cannot be read; ERR_TIMEOUT.
 */
export async function readBody(response: HttpResponse, limit: number, what: string): Promise<Uint8Array> {
  const announced = announcedLength(response);
  if (announced !== undefined && announced > limit) throw tooLarge(response, limit, what, announced);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limit) throw tooLarge(response, limit, what);
  }
  if (announced !== undefined && length < announced) throw tooShort(response, what, length, announced);
  const bytes = decodedDocument(response, Buffer.concat(chunks, length), limit);
  if (bytes === undefined) throw tooLarge(response, limit, what);
  return bytes;
}

/**
 * Reads a body that nobody needs to its end, so that its connection can be used again. One that does not end within 64 KiB is
 * destroyed. A body that breaks is no error here.
 */
export async function discardBody(response: HttpResponse): Promise<void> {
  const { body } = response;
  let length = 0;
  body.on("data", (chunk: Uint8Array) => {
    length += chunk.length;
    if (length > discardLimit) body.destroy();
  });
  await finished(body).catch(() => {});
}

function announcedLength(response: HttpResponse): number | undefined {
  const value = response.headers["content-length"];
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function tooLarge(response: HttpResponse, limit: number, what: string, actual?: number) {
  response.body.destroy();
  const size = actual === undefined ? "more" : `${actual} bytes`;
  return new ProviderError(
    "ERR_CONTENT_TOO_LARGE",
    `${redactUrl(response.url)}: the ${what} has ${size}; at most ${limit} bytes are accepted.`,
    actual === undefined ? { limit } : { limit, actual },
  );
}

function tooShort(response: HttpResponse, what: string, length: number, announced: number) {
  return new ProviderError(
    "ERR_TRANSPORT",
    `${redactUrl(response.url)}: the ${what} ended after ${length} of ${announced} bytes. Try again.`,
    { method: "GET", url: redactUrl(response.url), retryable: true },
  );
}
