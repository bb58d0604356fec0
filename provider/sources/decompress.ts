import { pipeline, Readable, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { isProviderError, messageOf, ProviderError } from "../errors";
import { invalidContent } from "../oci/json";
import { zstdFrames } from "./zstdFrames";

const chunkSize = 256 * 1024;
// Content that is this small may compress as well as it likes.
const unsuspicious = 64 * 1024 * 1024;
const largestRatio = 1000;

/**
 * Unpacks compressed content as it comes, to its end: gzip of several members, and zstd of several frames, skippable ones among
 * them.
 * @param input - the compressed bytes.
 * @param what - names the content in messages.
 * @throws ERR_CONTENT_INVALID for what is not compressed so, damaged or cut short; ERR_CONTENT_TOO_LARGE once more than 64 MiB
 * have come out, and more than 1,000 times of what has gone in; ERR_MEDIA_TYPE_UNSUPPORTED for zstd where Node has none;
 * what `input` throws.
 * @see https://www.rfc-editor.org/rfc/rfc1952
 * @see https://www.rfc-editor.org/rfc/rfc8878
 */
export async function* decompress(
  input: AsyncIterable<Uint8Array>,
  compression: "gzip" | "zstd",
  what: string,
): AsyncGenerator<Uint8Array> {
  const create = compression === "gzip" ? zlib.createGunzip : unzstdFactory(what);
  let [size, used] = [0, 0];
  try {
    for await (const part of partsOf(input, compression, what)) {
      const unpacked = create({ chunkSize });
      // What goes wrong comes out of `unpacked`.
      pipeline(Readable.from(part, { objectMode: false }), unpacked, () => {});
      for await (const chunk of unpacked) {
        size += chunk.length;
        if (size > unsuspicious && size > largestRatio * (used + unpacked.bytesWritten)) throw bomb(what, size);
        yield chunk;
      }
      used += unpacked.bytesWritten;
    }
  } catch (error) {
    throw isProviderError(error)
      ? error
      : invalidContent(what, `is damaged or cut short (${messageOf(error)}); make it again`);
  }
}

/** The input of one run of the decoder: it knows gzip's members, but stops after zstd's first frame. */
async function* partsOf(
  input: AsyncIterable<Uint8Array>,
  compression: "gzip" | "zstd",
  what: string,
): AsyncGenerator<AsyncIterable<Uint8Array>> {
  if (compression === "gzip") yield input;
  else yield* zstdFrames(input, what);
}

/** `bytesWritten`: how much of the compressed content has been used up. */
type Unpacking = Transform & { readonly bytesWritten: number };

/** Node has zstd from 22.15 on; the types that this package is built with do not know it. */
function unzstdFactory(what: string): (options: { chunkSize: number }) => Unpacking {
  const create: unknown = Reflect.get(zlib, "createZstdDecompress");
  if (isFactory(create)) return create;
  const message = `${what} is compressed with zstd, which Node ${process.versions.node} cannot unpack. Run Pulumi with Node 22.15 or later, or name an image whose layers are compressed with gzip.`;
  throw new ProviderError("ERR_MEDIA_TYPE_UNSUPPORTED", message, { mediaType: "zstd" });
}

function isFactory(value: unknown): value is (options: { chunkSize: number }) => Unpacking {
  return typeof value === "function";
}

function bomb(what: string, size: number): ProviderError<"ERR_CONTENT_TOO_LARGE"> {
  const message = `${what} unpacks to more than ${largestRatio} times its own size (${size} bytes so far), as no image does. Make it again, or unpack it yourself.`;
  return new ProviderError("ERR_CONTENT_TOO_LARGE", message, { limit: largestRatio, actual: size });
}
