import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { messageOf, ProviderError } from "../errors";

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
    let filled = 0;
    while (filled < head.length) {
      const { bytesRead } = await handle.read(head, filled, head.length - filled, filled);
      if (bytesRead === 0) throw changedFile(path);
      filled += bytesRead;
    }
    return { path, size, head };
  } finally {
    await handle.close();
  }
}

const chunkSize = 256 * 1024;

/**
 * Reads a local file from its first byte, in constant memory.
 * @param file - its path, absolute, and its size when it was looked at.
 * @param kind - what the file is for.
 * @returns exactly `file.size` bytes.
 * @throws ERR_SOURCE_UNAVAILABLE as {@link lookAtLocalFile}, and when the file's size has changed.
 */
export async function* readLocalFile(
  file: Pick<LocalFile, "path" | "size">,
  kind: FileKind,
): AsyncGenerator<Uint8Array> {
  const { handle, size } = await openRegularFile(file.path, kind);
  try {
    if (size !== file.size) throw changedFile(file.path);
    let length = 0;
    // `end` counts: one byte more than expected shows a file that has grown.
    for await (const chunk of handle.createReadStream({ end: file.size, autoClose: false, highWaterMark: chunkSize })) {
      length += chunk.length;
      if (length > file.size) throw changedFile(file.path);
      yield chunk;
    }
    if (length < file.size) throw changedFile(file.path);
  } finally {
    await handle.close();
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
  if (!kind.followsLink && (await lstat(path).catch(() => undefined))?.isSymbolicLink())
    throw unavailable(path, "is a symbolic link, which is not followed here. Put the file itself in its place.");
  const handle = await open(path, kind.followsLink ? openFlags : noLinkFlags).catch((error: unknown) => {
    throw unavailable(path, `cannot be opened: ${reasonOf(error, kind)}`, error);
  });
  const stat = await handle.stat();
  if (stat.isFile()) return { handle, size: stat.size };
  await handle.close();
  if (stat.isDirectory()) throw unavailable(path, isFolder(kind));
  throw unavailable(path, "is not a regular file (a device, pipe or socket). Name a regular file.");
}

function isFolder({ folderRemedy }: FileKind): string {
  return `is a folder. ${folderRemedy ?? "Name a file."}`;
}

function reasonOf(error: unknown, kind: FileKind): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return `there is no such file. ${kind.remedy}`;
  if (code === "ENOTDIR") return `a part of its path is a file, not a folder. ${kind.remedy}`;
  if (code === "EACCES") return "this user may not read it. Give the right to read, or name another file.";
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
