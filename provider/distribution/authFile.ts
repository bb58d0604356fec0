import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { messageOf, ProviderError } from "../errors";

/** The most that a file with credentials may hold, in bytes. */
export const authFileLimit = 1024 * 1024;

/** A file with credentials. */
export interface AuthFile {
  readonly text: string;
  /** Whether others than its owner may read it. Always false on Windows, which has no such bits. */
  readonly readableByOthers: boolean;
}

/**
 * Reads a file with credentials; links are followed, as docker does.
 * @param path - absolute.
 * @param host - the registry that it is read for, for the error.
 * @returns `undefined` when there is no such file.
 * @throws ERR_AUTH when it cannot be read, is no regular file, or is larger than {@link authFileLimit}.
 */
export async function readAuthFile(path: string, host: string): Promise<AuthFile | undefined> {
  const unusable = (reason: string, cause?: unknown) =>
    new ProviderError(
      "ERR_AUTH",
      `Looking for credentials for ${host}: ${path} ${reason}. Repair it, or set \`credentials\` for ${host}.`,
      { host },
      { cause },
    );
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for its writer.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const { mode, size } = await file.stat().then((stats) => {
        if (!stats.isFile()) throw unusable("is not a regular file");
        return stats;
      });
      if (size > authFileLimit) throw unusable(`has ${size} bytes; at most ${authFileLimit} are accepted`);
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size), position: 0 });
      return {
        text: buffer.toString("utf8", 0, bytesRead),
        readableByOthers: process.platform !== "win32" && (mode & 0o044) !== 0,
      };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (error instanceof ProviderError) throw error;
    throw unusable(`cannot be read (${messageOf(error)})`, error);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
