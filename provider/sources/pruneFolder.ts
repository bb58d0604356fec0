import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

// A file that is being written: younger ones may still be in use by another process.
const abandonedAfterMs = 60 * 60 * 1000;

/**
 * Removes files of a folder until what is left is small enough: those first whose time of modification is oldest, and before
 * them partly written ones (`*.part`) that nobody has touched for an hour. Other processes may do the same at once.
 * @param folder - absolute; without folders in it.
 * @param limit - in bytes.
 */
export async function pruneFolder(folder: string, limit: number): Promise<void> {
  const names = await readdir(folder);
  const files = (await Promise.all(names.map((name) => lookAt(join(folder, name))))).flat();
  const parts = files.filter(({ path, ageMs }) => path.endsWith(".part") && ageMs > abandonedAfterMs);
  const whole = files.filter(({ path }) => !path.endsWith(".part")).sort((a, b) => a.ageMs - b.ageMs);
  let kept = 0;
  const surplus = whole.filter(({ size }) => {
    kept += size;
    return kept > limit;
  });
  await Promise.all([...parts, ...surplus].map(({ path }) => rm(path, { force: true })));
}

/** Nothing, when another process was faster. */
async function lookAt(path: string): Promise<readonly { path: string; size: number; ageMs: number }[]> {
  const found = await stat(path).catch(() => undefined);
  return found ? [{ path, size: found.size, ageMs: Date.now() - found.mtimeMs }] : [];
}
