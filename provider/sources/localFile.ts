import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { type ChunkMemory, chunkSize, newMemory } from "../distribution/chunkMemory";
import { messageOf, ProviderError } from "../errors";
import { systemPath } from "./byteText";

/** A regular file of this machine as it was when it was looked at. */
export interface LocalFile {
  /** Absolute. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** The file's first bytes, as many as were asked for or as there are. */
  readonly head: Uint8Array;
}

/** What a file is for decides how it is opened and what to do when it is not there. */
export interface FileKind {
  /** Whether a symbolic link as the last segment of the path is followed. */
  readonly followsLink: boolean;
  /** A sentence for the message about a file that is not there. */
  readonly remedy: string;
  /** Sentences for the message about a folder in its place. */
  readonly folderRemedy?: string;
}

/**
 * Looks at a local file.
 * @param path - absolute.
 * @param headSize - how many of its first bytes are wanted.
 * @param kind - what the file is for.
 * @throws ERR_SOURCE_UNAVAILABLE, with the path in the message, when it is not there, not readable or not a regular file.
 */
export async function lookAtLocalFile(path: string, headSize: number, kind: FileKind): Promise<LocalFile> {
  const { handle, size } = await openRegularFile(path, kind);
  try {
    const head = Buffer.alloc(Math.min(headSize, size));
    await fill(head, handle, path, 0);
    return { path, size, head };
  } finally {
    await handle.close();
  }
}

/**
 * Reads a local file from its first byte, in constant memory.
 * @param file - its path, absolute, and its size when it was looked at.
 * @param kind - what the file is for.
 * @param memory - what its chunks are read into; by default each has its own.
 * @returns exactly `file.size` bytes.
 * @throws ERR_SOURCE_UNAVAILABLE as {@link lookAtLocalFile}, and when the file's size has changed.
 */
export async function* readLocalFile(
  file: Pick<LocalFile, "path" | "size">,
  kind: FileKind,
  memory?: ChunkMemory,
): AsyncGenerator<Uint8Array> {
  const { path, size } = file;
  const opened = await openRegularFile(path, kind);
  try {
    if (opened.size !== size) throw changedFile(path);
    yield* readHandle(opened.handle, path, 0, size, memory);
    if ((await opened.handle.stat()).size !== size) throw changedFile(path);
  } finally {
    await opened.handle.close();
  }
}

/**
 * Reads a part of an open file, wherever others read in it.
 * @param handle - stays open.
 * @param path - names the file in messages.
 * @param offset - in bytes.
 * @param length - in bytes.
 * @param memory - what its chunks are read into; by default each has its own.
 * @returns exactly `length` bytes, in chunks of one size; only the last may be smaller.
 * @throws ERR_SOURCE_UNAVAILABLE when the file ends before.
 */
export async function* readHandle(
  handle: FileHandle,
  path: string,
  offset: number,
  length: number,
  memory: ChunkMemory = newMemory,
): AsyncGenerator<Uint8Array> {
  const end = offset + length;
  for (let position = offset; position < end; ) {
    const chunk = memory(Math.min(chunkSize, end - position));
    await fill(chunk, handle, path, position);
    yield chunk;
    position += chunk.length;
  }
}

async function fill(chunk: Buffer, handle: FileHandle, path: string, position: number): Promise<void> {
  for (let filled = 0; filled < chunk.length; ) {
    const { bytesRead } = await handle.read(chunk, filled, chunk.length - filled, position + filled);
    if (bytesRead === 0) throw changedFile(path);
    filled += bytesRead;
  }
}

// Opening a pipe waits for its writer unless it is told not to. Windows has neither flag, so they may be undefined there.
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const noLinkFlags = openFlags | (constants.O_NOFOLLOW ?? 0);

/**
 * Opens a local file for reading. The caller closes the handle.
 * @param path - absolute.
 * @param kind - what the file is for.
 * @returns the handle, and the file's size in bytes.
 * @throws ERR_SOURCE_UNAVAILABLE as {@link lookAtLocalFile}.
 */
export async function openRegularFile(path: string, kind: FileKind): Promise<{ handle: FileHandle; size: number }> {
  // For systems without O_NOFOLLOW. Where it is, the flag closes the gap between this look and the opening.
  if (!kind.followsLink && (await lstat(systemPath(path)).catch(() => undefined))?.isSymbolicLink())
    throw unavailable(path, "is a symbolic link, which is not followed here. Put the file itself in its place.");
  const handle = await open(systemPath(path), kind.followsLink ? openFlags : noLinkFlags).catch((error: unknown) => {
    throw unavailable(path, `cannot be opened: ${reasonOf(error, kind)}`, error);
  });
  const stat = await handle.stat();
  if (stat.isFile() && (stat.size > 0 || (await isEmpty(handle)))) return { handle, size: stat.size };
  await handle.close();
  if (stat.isFile())
    throw unavailable(
      path,
      "has a content but no size, as files of /proc have. Copy it into a regular file, and name that.",
    );
  if (stat.isDirectory()) throw unavailable(path, isFolder(kind));
  throw unavailable(path, "is not a regular file (a device, pipe or socket). Name a regular file.");
}

const tooManyFiles = "this process has as many files and connections open as the system lets it have";

async function isEmpty(handle: FileHandle): Promise<boolean> {
  return (await handle.read(Buffer.alloc(1), 0, 1, 0)).bytesRead === 0;
}

function isFolder({ folderRemedy }: FileKind): string {
  return `is a folder. ${folderRemedy ?? "Name a file."}`;
}

function reasonOf(error: unknown, kind: FileKind): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return `there is no such file. ${kind.remedy}`;
  if (code === "ENOTDIR") return `a part of its path is a file, not a folder. ${kind.remedy}`;
  if (code === "EACCES") return "this user may not read it. Give the right to read, or name another file.";
  if (code === "ENXIO") return "it is a socket. Name a regular file.";
  if (code === "EMFILE" || code === "ENFILE") return `${tooManyFiles}. Raise the limit (ulimit -n), then run again.`;
  if (code === "ELOOP") return "its symbolic links lead in a circle. Name the file itself.";
  if (code === "EISDIR") return `it ${isFolder(kind)}`;
  return messageOf(error);
}

/** The error for a file that is no longer as it was when it was looked at. */
export function changedFile(path: string): ProviderError<"ERR_SOURCE_UNAVAILABLE"> {
  return unavailable(
    path,
    "changed while it was in use: its size is no longer what it was. Run again when it is complete.",
  );
}

function unavailable(path: string, reason: string, cause?: unknown): ProviderError<"ERR_SOURCE_UNAVAILABLE"> {
  return new ProviderError("ERR_SOURCE_UNAVAILABLE", `${path} ${reason}`, { source: path }, { cause });
}
