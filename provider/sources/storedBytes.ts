import type { BlobContent } from "../distribution/repository";
import { joinChunks } from "../distribution/verifiedChunks";
import { changedFile, type FileKind, openRegularFile, readHandle } from "./localFile";

/** Bytes at rest, of which any part can be read, as often as needed. */
export interface StoredBytes {
  /** Names them in messages: a file's absolute path, or what they are an image of. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /**
   * A part of them, in constant memory.
   * @param offset - where it begins, in bytes.
   * @param length - its length in bytes; it must lie within `size`.
   * @returns exactly `length` bytes.
   * @throws ERR_SOURCE_UNAVAILABLE when they cannot be read any more, or are not what they were.
   */
  read(offset: number, length: number): AsyncIterable<Uint8Array>;
}

/** One file among others, looked at but not read. */
export interface StoredFile {
  /** Names it in messages. */
  readonly what: string;
  /** In bytes. */
  readonly size: number;
  /** All of its bytes, in constant memory. */
  open(): AsyncIterable<Uint8Array>;
  /** The same as {@link BlobContent.openForSending}. */
  openForSending?(): Promise<AsyncIterable<Uint8Array>>;
}

/** A local file's bytes. */
export interface FileBytes extends StoredBytes {
  /** Differs when the file has been written or replaced, as far as the file system tells. */
  readonly version: string;
}

/**
 * A local file's bytes. The file is opened for each reading and closed after it.
 * @param path - absolute.
 * @param kind - what the file is for.
 * @throws ERR_SOURCE_UNAVAILABLE, with the path in the message, when it is not there, not readable or not a regular file.
 */
export async function fileBytes(path: string, kind: FileKind): Promise<FileBytes> {
  const { handle, size } = await openRegularFile(path, kind);
  const { dev, ino, mtimeNs, ctimeNs } = await handle.stat({ bigint: true }).finally(() => handle.close());
  return {
    name: path,
    size,
    version: [dev, ino, size, mtimeNs, ctimeNs].join(" "),
    async *read(offset, length) {
      const opened = await openRegularFile(path, kind);
      try {
        if (opened.size !== size) throw changedFile(path);
        yield* readHandle(opened.handle, path, offset, length);
      } finally {
        await opened.handle.close();
      }
    },
  };
}

/**
 * A small part of stored bytes, in one piece.
 * @param offset - in bytes.
 * @param length - in bytes; the caller has seen to it that it is small.
 * @throws as {@link StoredBytes.read}.
 */
export async function readPart(bytes: StoredBytes, offset: number, length: number): Promise<Buffer> {
  return Buffer.from(await joinChunks(bytes.read(offset, length)));
}
