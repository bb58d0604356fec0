import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isDigest } from "../oci/digest";

// A file that is being written: younger ones may still be in use by another process.
const abandonedAfterMs = 60 * 60 * 1000;

const partName = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/;

/**
 * Removes the cache's files from a folder until what is left is small enough: those first whose time of modification is oldest,
 * and before them partly written ones that have not changed for an hour. Only regular files whose names the cache could have
 * given count: other files, folders and links stay, and are not followed. Other processes may do the same at once.
 * @param folder - absolute.
 * @param limit - in bytes.
 */
export async function pruneFolder(folder: string, limit: number): Promise<void> {
  const names = await readdir(folder);
  const own = names.filter((name) => isPartName(name) || isWholeName(name));
  const files = (await Promise.all(own.map((name) => lookAt(folder, name)))).flat();
  const parts = files.filter(({ name, ageMs }) => isPartName(name) && ageMs > abandonedAfterMs);
  const whole = files.filter(({ name }) => isWholeName(name)).sort((a, b) => a.ageMs - b.ageMs);
  let kept = 0;
  const surplus = whole.filter(({ size }) => {
    kept += size;
    return kept > limit;
  });
  await Promise.all([...parts, ...surplus].map(({ name }) => rm(join(folder, name), { force: true })));
}

/** Name of a file that is being written: a UUID and `.part`. */
function isPartName(name: string): boolean {
  return partName.test(name);
}

/** Name of a finished file: a digest with `-` in place of `:`, and `.json` behind that of a remembered value. */
function isWholeName(name: string): boolean {
  return !name.includes(":") && isDigest(name.replace(/\.json$/, "").replace("-", ":"));
}

interface OwnFile {
  readonly name: string;
  readonly size: number;
  readonly ageMs: number;
}

/** Empty when another process was faster, and for a link or folder. */
async function lookAt(folder: string, name: string): Promise<readonly OwnFile[]> {
  const found = await lstat(join(folder, name)).catch(() => undefined);
  return found?.isFile() ? [{ name, size: found.size, ageMs: Date.now() - found.mtimeMs }] : [];
}
