import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./process.mjs";

/**
 * Does a piece of work unless it was done before from the same things.
 * @param name - of the work, unique among the stamps.
 * @param dependsOn - files and folders, relative to the root, and other texts that decide the result.
 * @param makes - the file, relative to the root, that the work leaves.
 */
export async function once({ name, dependsOn, makes }, work) {
  const stamp = join(root, ".tools", "stamps", name);
  const now = fingerprint(dependsOn);
  if (existsSync(join(root, makes)) && existsSync(stamp) && readFileSync(stamp, "utf8") === now) return;
  await work();
  mkdirSync(join(root, ".tools", "stamps"), { recursive: true });
  writeFileSync(stamp, now);
}

function fingerprint(dependsOn) {
  const hash = createHash("sha256");
  for (const item of dependsOn) {
    hash.update(`${item}\0`);
    if (existsSync(join(root, item))) for (const file of filesIn(join(root, item))) hash.update(readFileSync(file));
  }
  return hash.digest("hex");
}

function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
