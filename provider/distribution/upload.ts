import { Readable } from "node:stream";
import { hasStatus } from "../errors";
import type { RequestBody } from "../http/message";
import { requireDigest } from "./contentDigest";
import { headersOnly, type Send } from "./operation";
import type { BlobContent, Repository } from "./repository";
import { nameOf, pullScope, type RepositoryAccess, repositoryUrl } from "./repositoryAccess";
import { cancelUpload, patchBlob, putBlob, startUpload, type UploadSession } from "./uploadSession";
import { joinChunks, verifiedChunks } from "./verifiedChunks";

type PushOptions = NonNullable<Parameters<Repository["pushBlob"]>[1]>;

// A blob of this size is read, and so verified, before the first byte is sent.
const smallBlobBytes = 64 * 1024;
// For a registry that refuses the whole blob as too large: what a reverse proxy allows that nobody has configured.
const refusedChunkBytes = 1024 * 1024;

/**
 * Mounts or uploads a blob, whatever this process knows of it. Each attempt has a session of its own, and each but the first
 * looks first whether the one before succeeded unheard.
 * @throws ERR_DIGEST_MISMATCH or ERR_CONTENT_INVALID when the opened bytes are not the descriptor's, and what opening them throws.
 */
export async function uploadBlob(
  access: RepositoryAccess,
  blob: BlobContent,
  options: PushOptions,
): Promise<"known" | "mounted" | "uploaded"> {
  const { digest } = blob.descriptor;
  try {
    return await access.operations.retry(async (send, attempt) => {
      if (attempt > 1 && (await isBlobThere(send, access, digest))) return "uploaded";
      const session = await startUpload(send, access, digest, options.mountFrom);
      if (session === undefined) return options.mountFrom === undefined ? "known" : "mounted";
      await sendBlob(send, session, blob, nameOf(access, digest), options.chunkBytes);
      return "uploaded";
    });
  } catch (error) {
    // Only the request that carries the blob can be too large.
    if (options.chunkBytes !== undefined || !hasStatus(error, 413) || error.details.method !== "PUT") throw error;
    return uploadBlob(access, blob, { ...options, chunkBytes: refusedChunkBytes });
  }
}

/** Looks at a blob with one HEAD. */
export async function isBlobThere(send: Send, access: RepositoryAccess, digest: string): Promise<boolean> {
  const url = repositoryUrl(access, `blobs/${digest}`);
  const head = { method: "HEAD", url, scopes: pullScope(access), answers: [200, 404] } as const;
  const { status, headers } = await send(head, headersOnly);
  if (status !== 200) return false;
  requireDigest(headers, digest, `HEAD ${nameOf(access, digest)}`);
  return true;
}

async function sendBlob(
  send: Send,
  session: UploadSession,
  blob: BlobContent,
  name: string,
  chunkBytes: number | undefined,
): Promise<void> {
  const source = openSource(blob, `content for ${name}`);
  try {
    if (chunkBytes === undefined)
      await putBlob(send, session, blob.descriptor.digest, await bodyOf(blob, source.chunks));
    else await sendChunks(send, session, blob, source.chunks(), chunkBytes);
  } catch (error) {
    await cancelUpload(send, session);
    throw source.failure() ?? error;
  }
}

async function bodyOf({ descriptor }: BlobContent, chunks: () => AsyncIterable<Uint8Array>): Promise<RequestBody> {
  if (descriptor.size <= smallBlobBytes) return joinChunks(chunks());
  return { length: descriptor.size, open: () => Readable.from(chunks(), { objectMode: false }) };
}

async function sendChunks(
  send: Send,
  session: UploadSession,
  { descriptor }: BlobContent,
  chunks: AsyncIterable<Uint8Array>,
  chunkBytes: number,
): Promise<void> {
  let current = session;
  let offset = 0;
  for await (const chunk of inSizes(chunks, Math.max(chunkBytes, session.minChunkBytes))) {
    current = await patchBlob(send, current, chunk, offset);
    offset += chunk.length;
  }
  await putBlob(send, current, descriptor.digest, new Uint8Array());
}

/** The same bytes in pieces of one size; only the last may be smaller. */
async function* inSizes(chunks: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let pending: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let rest = chunk;
    while (length + rest.length >= size) {
      const cut = size - length;
      yield Buffer.concat([...pending, rest.subarray(0, cut)]);
      rest = rest.subarray(cut);
      pending = [];
      length = 0;
    }
    pending.push(rest);
    length += rest.length;
  }
  if (length > 0) yield Buffer.concat(pending);
}

/** A blob's verified bytes, as often as needed, and why they could not be had: a transport knows only that they ended. */
interface Source {
  chunks(): AsyncIterable<Uint8Array>;
  failure(): unknown;
}

async function* chunksOf(open: () => Promise<AsyncIterable<Uint8Array>>): AsyncGenerator<Uint8Array> {
  yield* await open();
}

function openSource(blob: BlobContent, what: string): Source {
  let failure: unknown;
  return {
    failure: () => failure,
    chunks() {
      const open = () => blob.open();
      const chunks = blob.isVerified ? chunksOf(open) : verifiedChunks(blob.descriptor, what, open);
      const next = () =>
        chunks.next().catch((error: unknown) => {
          failure = error;
          throw error;
        });
      // Without `throw`, so that a failure of the receiving side is never taken for one of the source.
      return { [Symbol.asyncIterator]: () => ({ next, return: () => chunks.return(undefined) }) };
    },
  };
}
