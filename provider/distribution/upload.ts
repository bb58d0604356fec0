import { Readable } from "node:stream";
import { hasCode, hasStatus, ProviderError } from "../errors";
import type { RequestBody } from "../http/message";
import { isBlobThere, seesBlob } from "./blobLook";
import type { Send } from "./operation";
import type { BlobContent, Repository } from "./repository";
import { nameOf, type RepositoryAccess } from "./repositoryAccess";
import { cancelUpload, patchBlob, putBlob, startUpload, type UploadSession } from "./uploadSession";
import { joinChunks, verifiedChunks } from "./verifiedChunks";

type PushOptions = NonNullable<Parameters<Repository["pushBlob"]>[1]>;

/** A blob of at most so many bytes is read, and so verified, before the first one is sent. */
export const smallBlobBytes = 64 * 1024;
// For a registry that refuses the whole blob as too large: what a reverse proxy allows that nobody has configured.
const refusedChunkBytes = 1024 * 1024;

/**
 * Mounts or uploads a blob, whatever this process knows of it. Each attempt has a session of its own, and each but the first
 * looks first whether the one before succeeded unheard. The registry hashes what it receives: of a large blob that can be read
 * once more, the first attempt leaves the check to it, and reads again when it refuses.
 * @throws ERR_DIGEST_MISMATCH or ERR_CONTENT_INVALID when the opened bytes are not the descriptor's, and what opening them throws.
 */
export async function uploadBlob(
  access: RepositoryAccess,
  blob: BlobContent,
  options: PushOptions,
): Promise<"known" | "mounted" | "uploaded"> {
  const { digest } = blob.descriptor;
  const checked = checkedContent(blob, `content for ${nameOf(access, digest)}`);
  // Small blobs are read as a whole before they are sent, and those in chunks in pieces of another size.
  const isStreamed = blob.descriptor.size > smallBlobBytes && options.chunkBytes === undefined;
  const unchecked = isStreamed ? uncheckedContent(blob) : undefined;
  try {
    return await access.operations.retry(async (send, attempt) => {
      if (attempt > 1 && (await seesBlob(send, access, digest))) return "uploaded";
      const session = await startUpload(send, access, digest, options.mountFrom);
      if (session === undefined) return options.mountFrom === undefined ? "known" : "mounted";
      const content = attempt === 1 && unchecked !== undefined ? unchecked : checked;
      const isSure = await sendBlob(send, session, content, options.chunkBytes).catch(async (error: unknown) => {
        if (content === unchecked && mayBeContentsFault(error)) await readToEnd(checked);
        throw error;
      });
      if (!isSure && !(await isBlobThere(send, access, digest))) throw notKept(nameOf(access, digest));
      return "uploaded";
    });
  } catch (error) {
    // Only the request that carries the blob can be too large.
    if (options.chunkBytes !== undefined || !hasStatus(error, 413) || error.details.method !== "PUT") throw error;
    return uploadBlob(access, blob, { ...options, chunkBytes: refusedChunkBytes });
  }
}

interface Content extends Pick<BlobContent, "descriptor"> {
  open(): Promise<AsyncIterable<Uint8Array>>;
}

/** Content that ends with an error instead of its last chunk when it is not the descriptor's. */
function checkedContent(blob: BlobContent, what: string): Content {
  const { descriptor } = blob;
  return blob.isVerified ? blob : { descriptor, open: async () => verifiedChunks(descriptor, what, () => blob.open()) };
}

/** The same without the check, where that costs less and can be made up for. */
function uncheckedContent(blob: BlobContent): Content | undefined {
  const { descriptor, isVerified, openForSending } = blob;
  if (openForSending !== undefined) return { descriptor, open: openForSending };
  return isVerified ? undefined : blob;
}

function notKept(name: string): ProviderError<"ERR_NOT_FOUND"> {
  const message = `${name}: the registry took the upload, but then had nothing under this digest. Ask its operator.`;
  return new ProviderError("ERR_NOT_FOUND", message, { reference: name });
}

/** A registry refuses content of another digest with 400, and undici does not send what has another length than announced. */
function mayBeContentsFault(error: unknown): boolean {
  return hasStatus(error, 400) || hasCode(error, "ERR_DIGEST_MISMATCH") || hasCode(error, "ERR_CONTENT_INVALID");
}

async function readToEnd(content: Content): Promise<void> {
  for await (const _ of await content.open());
}

async function sendBlob(
  send: Send,
  session: UploadSession,
  content: Content,
  chunkBytes: number | undefined,
): Promise<boolean> {
  const source = openSource(content);
  try {
    return chunkBytes === undefined
      ? await putBlob(send, session, content.descriptor.digest, await bodyOf(content, source.chunks))
      : await sendChunks(send, session, content, source.chunks(), chunkBytes);
  } catch (error) {
    await cancelUpload(send, session);
    throw source.failure() ?? error;
  }
}

async function bodyOf({ descriptor }: Content, chunks: () => AsyncIterable<Uint8Array>): Promise<RequestBody> {
  if (descriptor.size <= smallBlobBytes) return joinChunks(chunks());
  return { length: descriptor.size, open: () => Readable.from(chunks(), { objectMode: false }) };
}

async function sendChunks(
  send: Send,
  session: UploadSession,
  { descriptor }: Content,
  chunks: AsyncIterable<Uint8Array>,
  chunkBytes: number,
): Promise<boolean> {
  let current = session;
  let offset = 0;
  for await (const chunk of inSizes(chunks, Math.max(chunkBytes, session.minChunkBytes))) {
    current = await patchBlob(send, current, chunk, offset);
    offset += chunk.length;
  }
  return putBlob(send, current, descriptor.digest, new Uint8Array());
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

/** A blob's bytes, as often as needed, and why they could not be had: a transport knows only that they ended. */
interface Source {
  chunks(): AsyncIterable<Uint8Array>;
  failure(): unknown;
}

async function* chunksOf({ open }: Content): AsyncGenerator<Uint8Array> {
  yield* await open();
}

function openSource(content: Content): Source {
  let failure: unknown;
  return {
    failure: () => failure,
    chunks() {
      const chunks = chunksOf(content);
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
