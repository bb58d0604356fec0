import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { isProviderError, messageOf, ProviderError } from "../errors";
import { invalidContent } from "../oci/json";

const chunkSize = 256 * 1024;
// Content that is this small may compress as well as it likes.
const unsuspicious = 64 * 1024 * 1024;
const largestRatio = 1000;

/**
 * Unpacks gzip content as it comes.
 * @param input - the compressed bytes.
 * @param what - names the content in messages.
 * @throws ERR_CONTENT_INVALID for what is no gzip, damaged or cut short; ERR_CONTENT_TOO_LARGE once more than 64 MiB have come
 * out, and more than 1,000 times of what has gone in; what `input` throws.
 * @see https://www.rfc-editor.org/rfc/rfc1952
 */
export async function* gunzip(input: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<Uint8Array> {
  const unpacked = createGunzip({ chunkSize });
  let size = 0;
  // What goes wrong comes out of `unpacked`.
  pipeline(Readable.from(input, { objectMode: false }), unpacked, () => {});
  try {
    for await (const chunk of unpacked) {
      size += chunk.length;
      if (size > unsuspicious && size > largestRatio * unpacked.bytesWritten) throw bomb(what, size);
      yield chunk;
    }
  } catch (error) {
    throw isProviderError(error)
      ? error
      : invalidContent(what, `is damaged or cut short (${messageOf(error)}); make it again`);
  }
}

function bomb(what: string, size: number): ProviderError<"ERR_CONTENT_TOO_LARGE"> {
  const message = `${what} unpacks to more than ${largestRatio} times its own size (${size} bytes so far), as no image does. Make it again, or unpack it yourself.`;
  return new ProviderError("ERR_CONTENT_TOO_LARGE", message, { limit: largestRatio, actual: size });
}
