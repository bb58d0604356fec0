import { lstat, mkdir, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";

/**
 * Where the cache of this user is: the folder that PULUMI_MULTIARCH_CACHE_DIR names, else `pulumi-multiarch` in XDG_CACHE_HOME,
 * in LOCALAPPDATA (Windows) or in the home's `.cache`.
 * @param environment - the process's environment variables.
 * @returns an absolute path; `undefined` when PULUMI_MULTIARCH_CACHE_DIR is empty, which switches the cache off, or when there is
 * no home.
 * @see https://specifications.freedesktop.org/basedir-spec/0.8/
 */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { PULUMI_MULTIARCH_CACHE_DIR: own, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local, HOME: home } = environment;
  if (own !== undefined) return isAbsolute(own) ? own : undefined;
  // The base directory specification has relative paths ignored.
  const parent = [xdg, local, home && join(home, ".cache")].find((path) => path && isAbsolute(path));
  return parent && join(parent, "pulumi-multiarch");
}

/**
 * Makes a folder of the cache that only this user may use.
 * @param folder - absolute; its parents are made too, but nothing below a top folder that does not exist (`/nowhere`).
 * @returns whether {@link isPrivateFolder} holds now.
 */
export async function makePrivateFolder(folder: string): Promise<boolean> {
  try {
    const [top = ""] = folder.split(/[\\/]/).filter(Boolean);
    if (folder.startsWith("/")) await stat(`/${top}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch {
    return false;
  }
  return isPrivateFolder(folder);
}

/** Whether a folder is there, no link, this user's, and not writable by others. */
export async function isPrivateFolder(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  if (!found?.isDirectory()) return false;
  return process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o022) === 0);
}
