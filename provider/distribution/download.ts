import { ProviderError } from "../errors";
import { decodedStream, isGzipLabelled } from "../http/contentEncoding";
import type { HttpResponse } from "../http/message";
import { isRetryable } from "../http/retry";
import type { Descriptor } from "../oci/descriptor";
import { parseDigest } from "../oci/digest";
import { invalidContent } from "../oci/json";
import { confirmAbsence } from "./absence";
import type { ChunkMemory } from "./chunkMemory";
import { gather } from "./gather";
import { nameOf, pullScope, type RepositoryAccess, repositoryUrl } from "./repositoryAccess";
import { verifiedChunks } from "./verifiedChunks";

// A connection may break so often, and once more for each so many bytes: progress earns patience.
const cutLimit = 5;
const bytesPerCut = 1024 * 1024;

/**
 * Downloads a blob from the repository. A descriptor's `urls` are never asked.
 * @param memory - what its chunks are gathered in.
 * @returns its bytes, in `chunks`; where the connection breaks, the rest is asked for. `close` ends the connection of a blob that
 * is not read to its end, or not at all.
 * @throws ERR_NOT_FOUND. The bytes end with ERR_CONTENT_INVALID or ERR_DIGEST_MISMATCH instead of their last chunk when the
 * content is not the descriptor's, and with ERR_TRANSPORT or ERR_TIMEOUT when it breaks too often.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-blobs
 */
export async function downloadBlob(
  access: RepositoryAccess,
  descriptor: Descriptor,
  memory: ChunkMemory,
): Promise<{ readonly chunks: AsyncIterable<Uint8Array>; close(): void }> {
  let open = await openBlob(access, descriptor, 0, memory);
  const reopen = async (offset: number) => {
    open = await openBlob(access, descriptor, offset, memory);
    return open.chunks;
  };
  const what = `blob ${nameOf(access, descriptor.digest)}`;
  const chunks = verifiedChunks(descriptor, what, async () => resumed(open.chunks, descriptor.size, reopen));
  return { chunks, close: () => open.body.destroy() };
}

/** @param reopen - gives the content from an offset on. */
async function* resumed(
  first: AsyncIterable<Uint8Array>,
  size: number,
  reopen: (offset: number) => Promise<AsyncIterable<Uint8Array>>,
): AsyncGenerator<Uint8Array> {
  let chunks = first;
  let offset = 0;
  for (let cuts = 1; ; cuts++) {
    try {
      for await (const chunk of chunks) {
        offset += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      if (offset >= size) return;
      if (!isRetryable(error) || cuts > cutLimit + offset / bytesPerCut) throw error;
    }
    chunks = await reopen(offset);
  }
}

interface OpenBlob {
  readonly body: HttpResponse["body"];
  /** The content from the offset on. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

async function openBlob(
  access: RepositoryAccess,
  { digest, size }: Descriptor,
  offset: number,
  memory: ChunkMemory,
): Promise<OpenBlob> {
  const get = {
    method: "GET",
    url: repositoryUrl(access, `blobs/${parseDigest(digest)}`),
    scopes: pullScope(access),
    answers: offset === 0 ? [200, 404] : [200, 206],
    headers: offset === 0 ? {} : { range: `bytes=${offset}-` },
  } as const;
  const name = nameOf(access, digest);
  const content = await access.operations.send(get, async (response) => {
    if (response.status === 404) await confirmAbsence(response, { kind: "blob", name });
    return { body: response.body, chunks: contentFrom(offset, response, { name, size, memory }) };
  });
  access.known.blobs.add(digest);
  return content;
}

function contentFrom(
  offset: number,
  response: HttpResponse,
  { name, size, memory }: { readonly name: string; readonly size: number; readonly memory: ChunkMemory },
): AsyncIterable<Uint8Array> {
  const { status, body, headers } = response;
  if (status === 404) {
    throw new ProviderError("ERR_NOT_FOUND", `${name} is not on the registry. Push it there first.`, {
      reference: name,
    });
  }
  if (status === 200) {
    const whole = gather(isCompressed(response, size) ? decodedStream(response) : body, size, memory);
    return offset === 0 ? whole : withoutFirst(whole, offset);
  }
  if (headers["content-range"]?.startsWith(`bytes ${offset}-`)) return gather(body, size - offset, memory);
  body.destroy();
  throw invalidContent(name, `was asked for from byte ${offset} on, and the answer is another range`);
}

/** Layers are often labelled as gzip because they are; only a length that is not the blob's own speaks of another compression. */
function isCompressed(response: HttpResponse, size: number): boolean {
  const length = response.headers["content-length"];
  return isGzipLabelled(response) && length !== undefined && length !== String(size);
}

/** A registry may ignore the range and send everything. */
async function* withoutFirst(chunks: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let passed = 0;
  for await (const chunk of chunks) {
    const rest = chunk.subarray(Math.max(0, count - passed));
    passed += chunk.length;
    if (rest.length > 0) yield rest;
  }
}
