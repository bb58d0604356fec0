import { lstat, readdir, readlink } from "node:fs/promises";
import { join, posix } from "node:path";
import { messageOf, ProviderError } from "../errors";
import { systemPath, textOfBytes } from "./byteText";

/** Something in a local folder. */
export interface FolderMember {
  /** Relative to the folder, with slashes; as `textOfBytes` gives it, like the path. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link";
  /** What a symbolic link holds. */
  readonly linkpath?: string;
}

/**
 * Lists everything in a local folder, at any depth. Symbolic links are listed, not followed: an absolute one leads to that
 * path in the image, a relative one must stay within the folder, because what it would lead to does not come along.
 * @param folder - absolute.
 * @returns sorted by name, so that it does not depend on the file system; folders before what they hold.
 * @throws ERR_SOURCE_UNAVAILABLE with the absolute path of what is neither file, folder nor link, of a link that leads out of
 * the folder, and of what cannot be read.
 */
export async function listFolder(folder: string): Promise<readonly FolderMember[]> {
  const members: FolderMember[] = [];
  const pending = [""];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    for (const name of await namesIn(join(folder, parent))) {
      const member = await lookAtMember(folder, posix.join(parent, name));
      members.push(member);
      if (member.kind === "folder") pending.push(member.name);
    }
  }
  return members.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function namesIn(path: string): Promise<readonly string[]> {
  const names = await readdir(systemPath(path), { encoding: "buffer" }).catch((error: unknown) => {
    throw unavailable(path, `cannot be listed: ${messageOf(error)}`, error);
  });
  return names.map(textOfBytes);
}

async function lookAtMember(folder: string, name: string): Promise<FolderMember> {
  const path = join(folder, name);
  const stat = await lstat(systemPath(path)).catch((error: unknown) => {
    throw unavailable(path, `cannot be looked at: ${messageOf(error)}`, error);
  });
  if (stat.isDirectory()) return { name, path, kind: "folder" };
  if (stat.isFile()) return { name, path, kind: "file" };
  if (!stat.isSymbolicLink())
    throw unavailable(path, "is a device, pipe or socket, which an image cannot be given. Remove it from the folder.");
  const linkpath = textOfBytes(await readlink(systemPath(path), { encoding: "buffer" }));
  if (leadsOut(name, linkpath))
    throw unavailable(
      path,
      `is a symbolic link to ${linkpath}, which leads out of ${folder}: what is there does not come along. Put the file itself there, or make the link absolute, as the path in the image.`,
    );
  return { name, path, kind: "link", linkpath };
}

function leadsOut(name: string, linkpath: string): boolean {
  if (posix.isAbsolute(linkpath)) return false;
  const target = posix.join(posix.dirname(name), linkpath);
  return target === ".." || target.startsWith("../");
}

function unavailable(path: string, reason: string, cause?: unknown): ProviderError<"ERR_SOURCE_UNAVAILABLE"> {
  return new ProviderError("ERR_SOURCE_UNAVAILABLE", `${path} ${reason}`, { source: path }, { cause });
}
