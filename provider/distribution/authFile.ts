import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { isProviderError, messageOf, ProviderError } from "../errors";

/** A file with credentials. */
export interface AuthFile {
  readonly bytes: Uint8Array;
  /** Whether others than its owner may read it. Always false on Windows, which has no such bits. */
  readonly readableByOthers: boolean;
}

/**
 * Reads a file with credentials; links are followed, as docker does.
 * @param path - absolute.
 * @param limit - the largest size that is read, in bytes.
 * @param host - the registry that it is read for, for the error.
 * @returns `undefined` when there is no such file.
 * @throws ERR_AUTH when it cannot be read, is no regular file, or is larger than `limit`.
 */
export async function readAuthFile(path: string, limit: number, host: string): Promise<AuthFile | undefined> {
  const unusable = (reason: string, cause?: unknown) =>
    new ProviderError(
      "ERR_AUTH",
      `Looking for credentials for ${host}: ${path} ${reason}. Repair it, or set \`credentials\` for ${host}.`,
      { host },
      { cause },
    );
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for its writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw unusable("is not a regular file");
      if (stats.size > limit) throw unusable(`has ${stats.size} bytes; at most ${limit} are read`);
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(stats.size), position: 0 });
      const readableByOthers = process.platform !== "win32" && (stats.mode & 0o044) !== 0;
      return { bytes: buffer.subarray(0, bytesRead), readableByOthers };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (isProviderError(error)) throw error;
    throw unusable(`cannot be read (${messageOf(error)})`, error);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
