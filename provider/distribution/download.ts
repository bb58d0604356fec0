import { Readable } from "node:stream";
import { ProviderError } from "../errors";
import type { HttpResponse } from "../http/message";
import { isRetryable } from "../http/retry";
import type { Descriptor } from "../oci/descriptor";
import { parseDigest } from "../oci/digest";
import { invalidContent } from "../oci/json";
import { type ChunkMemory, chunkSize, newMemory } from "./chunkMemory";
import { headersOnly } from "./operation";
import { nameOf, pullScope, type RepositoryAccess, repositoryUrl } from "./repositoryAccess";
import { sweep } from "./sweep";
import { verifiedChunks } from "./verifiedChunks";

// A connection may break so often, and once more for each so many bytes: progress earns patience.
const cutLimit = 5;
const bytesPerCut = 1024 * 1024;

/**
 * Downloads a blob from the repository. A descriptor's `urls` are never asked.
 * @param memory - what its chunks are gathered in; by default each has its own.
 * @returns its bytes; where the connection breaks, the rest is asked for.
 * @throws ERR_NOT_FOUND. The stream ends with ERR_CONTENT_INVALID or ERR_DIGEST_MISMATCH instead of its last chunk when the
 * content is not the descriptor's, and with ERR_TRANSPORT or ERR_TIMEOUT when it breaks too often.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-blobs
 */
export async function downloadBlob(
  access: RepositoryAccess,
  descriptor: Descriptor,
  memory: ChunkMemory = newMemory,
): Promise<Readable> {
  let open = await openBlob(access, descriptor.digest, 0);
  const reopen = async (offset: number) => {
    open = await openBlob(access, descriptor.digest, offset);
    return open.chunks;
  };
  const what = `blob ${nameOf(access, descriptor.digest)}`;
  const received = () => resumed(open.chunks, descriptor.size, reopen);
  const chunks = verifiedChunks(descriptor, what, async () => gathered(received(), descriptor.size, memory));
  const stream = Readable.from(chunks, { objectMode: false });
  stream.once("close", () => open.body.destroy());
  return stream;
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

/**
 * The same bytes in larger chunks: what is done with each chunk costs more than the copy.
 * @param size - how many bytes are to be expected; what comes beyond them is in small chunks.
 */
async function* gathered(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
  memory: ChunkMemory,
): AsyncGenerator<Uint8Array> {
  let missing = size;
  const next = () => memory(Math.min(chunkSize, missing));
  let gathering = next();
  let filled = 0;
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0; ) {
      const taken = rest.subarray(0, gathering.length - filled);
      gathering.set(taken, filled);
      filled += taken.length;
      rest = rest.subarray(taken.length);
      if (filled < gathering.length) continue;
      yield gathering;
      sweep(filled);
      missing = Math.max(1, missing - filled);
      gathering = next();
      filled = 0;
    }
  }
  if (filled > 0) yield gathering.subarray(0, filled);
}

interface OpenBlob {
  readonly body: Readable;
  /** The content from the offset on. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

async function openBlob(access: RepositoryAccess, digest: string, offset: number): Promise<OpenBlob> {
  const get = {
    method: "GET",
    url: repositoryUrl(access, `blobs/${parseDigest(digest)}`),
    scopes: pullScope(access),
    answers: offset === 0 ? [200, 404] : [200, 206],
    headers: offset === 0 ? {} : { range: `bytes=${offset}-` },
  } as const;
  const name = nameOf(access, digest);
  const open = await access.operations.send(get, async (response) => {
    if (response.status === 404) await headersOnly(response);
    return openFrom(response, offset, name);
  });
  access.known.blobs.add(digest);
  return open;
}

function openFrom(response: HttpResponse, offset: number, name: string): OpenBlob {
  const { status, body, headers } = response;
  if (status === 404) {
    throw new ProviderError("ERR_NOT_FOUND", `${name} is not on the registry. Push it there first.`, {
      reference: name,
    });
  }
  if (status === 200) return { body, chunks: offset === 0 ? body : withoutFirst(body, offset) };
  if (headers["content-range"]?.startsWith(`bytes ${offset}-`)) return { body, chunks: body };
  body.destroy();
  throw invalidContent(name, `was asked for from byte ${offset} on, and the answer is another range`);
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
