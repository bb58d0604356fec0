import type { Readable } from "node:stream";
import { createGunzip, gunzipSync } from "node:zlib";
import { isProviderError, ProviderError } from "../errors";
import type { HttpResponse } from "./message";
import { redactUrl } from "./url";

/**
 * Whether a response says that its body is compressed with gzip, though nothing of the kind was asked for. Some servers compress all
 * the same; others only label what is stored compressed, such as layers. The content itself tells which.
 */
export function isGzipLabelled({ headers }: Pick<HttpResponse, "headers">): boolean {
  return /^(?:x-)?gzip$/i.test(headers["content-encoding"]?.trim() ?? "");
}

/**
 * The bytes of a document, which begins with no byte of gzip's, out of a body that may be compressed.
 * @param limit - the most that is accepted, in bytes.
 * @returns `undefined` when they would be more than the limit.
 * @throws ERR_CONTENT_INVALID for another encoding, and for one that is damaged.
 */
export function decodedDocument(response: HttpResponse, body: Buffer, limit: number): Buffer | undefined {
  const encoding = response.headers["content-encoding"]?.trim() ?? "";
  if (encoding === "" || encoding.toLowerCase() === "identity") return body;
  if (!isGzipLabelled(response)) throw unreadable(response, `encoded (${encoding})`);
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body;
  try {
    return gunzipSync(body, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw unreadable(response, "damaged gzip");
  }
}

/** The bytes of a body that was compressed on its way, as a stream. It ends with ERR_CONTENT_INVALID when they are damaged. */
export function decodedStream(response: HttpResponse): Readable {
  const { body } = response;
  const decoder = createGunzip();
  const destroy = decoder.destroy.bind(decoder);
  decoder.destroy = (error) => {
    body.destroy();
    return destroy(error && !isProviderError(error) ? unreadable(response, "damaged gzip") : error);
  };
  body.on("error", (error) => decoder.destroy(error));
  return body.pipe(decoder);
}

function unreadable({ url }: HttpResponse, problem: string): ProviderError<"ERR_CONTENT_INVALID"> {
  const message = `GET ${redactUrl(url)}: the response is ${problem}, which was not asked for. Ask the operator of ${url.host}.`;
  return new ProviderError("ERR_CONTENT_INVALID", message, {});
}
