import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isProviderError, messageOf, ProviderError } from "../errors";
import { readHandle } from "./localFile";
import type { StoredBytes } from "./storedBytes";

/** The most that is spooled of one archive, in bytes. */
const spoolLimit = 64 * 1024 ** 3;

const spools = new Map<string, Promise<StoredBytes>>();

/**
 * Bytes that come once, from the first to the last, made readable anywhere: they are written into a temporary file without a
 * name, which is gone when the process ends, however it ends. The same content is spooled once a process.
 * @param identity - tells this content from all other.
 * @param name - names the content in messages.
 * @param chunks - gives the content; called unless it has been spooled before.
 * @throws ERR_CONTENT_TOO_LARGE over 64 GiB; ERR_SOURCE_UNAVAILABLE when it cannot be written; what `chunks` throws.
 */
export function spooled(identity: string, name: string, chunks: () => AsyncIterable<Uint8Array>): Promise<StoredBytes> {
  const known = spools.get(identity) ?? spool(name, chunks());
  spools.set(identity, known);
  known.catch(() => spools.delete(identity));
  return known;
}

async function spool(name: string, chunks: AsyncIterable<Uint8Array>): Promise<StoredBytes> {
  const handle = await openNameless().catch((error: unknown) => {
    throw unwritable(name, error);
  });
  try {
    const size = await writeAll(handle, name, chunks);
    return { name, size, read: (offset, length) => readHandle(handle, name, offset, length) };
  } catch (error) {
    await handle.close();
    throw isProviderError(error) ? error : unwritable(name, error);
  }
}

/** A new file that only this process can read, and that nobody finds by a name any more. */
async function openNameless(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), "multiarch-"));
  try {
    return await open(join(folder, "archive"), "wx+", 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeAll(handle: FileHandle, name: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const chunk of chunks) {
    if (size + chunk.length > spoolLimit) throw tooLarge(name);
    for (let written = 0; written < chunk.length; ) {
      const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, size + written);
      written += bytesWritten;
    }
    size += chunk.length;
  }
  return size;
}

function tooLarge(name: string): ProviderError<"ERR_CONTENT_TOO_LARGE"> {
  const message = `${name} has more than ${spoolLimit} bytes when unpacked, which is the most that is read.`;
  return new ProviderError("ERR_CONTENT_TOO_LARGE", message, { limit: spoolLimit });
}

function unwritable(name: string, cause: unknown): ProviderError<"ERR_SOURCE_UNAVAILABLE"> {
  const message = `${name} has to be kept in a temporary file for a while, which cannot be written below ${tmpdir()}: ${messageOf(cause)}. Make room there, or set TMPDIR to a folder with room.`;
  return new ProviderError("ERR_SOURCE_UNAVAILABLE", message, { source: name }, { cause });
}
