import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { root } from "./process.mjs";

/** The imports of each file, with the time of its last change. */
const parsed = new Map();

/**
 * Finds all files of the checkout that a file needs when it runs.
 * @param file - relative to the root.
 * @param found - files that are known already; what the file needs is added to them.
 * @returns `found`: the file itself and what it imports, directly or through others, relative to the root. A package that is
 * imported stands in it by its name.
 */
export function filesNeededBy(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const specifier of importsOf(file)) {
    if (!specifier.startsWith(".")) found.add(specifier);
    else filesNeededBy(resolveImport(join(dirname(file), specifier)), found);
  }
  return found;
}

function importsOf(file) {
  if (!file.endsWith(".ts")) return [];
  const path = join(root, file);
  const { mtimeMs } = statSync(path);
  const known = parsed.get(file);
  if (known?.mtimeMs === mtimeMs) return known.imports;
  const { importedFiles } = ts.preProcessFile(readFileSync(path, "utf8"));
  const imports = importedFiles.map(({ fileName }) => fileName);
  parsed.set(file, { mtimeMs, imports });
  return imports;
}

function resolveImport(path) {
  const candidates = [`${path}.ts`, join(path, "index.ts"), path];
  const resolved = candidates.find((candidate) => existsSync(join(root, candidate)));
  if (resolved === undefined) throw new Error(`There is no ${path}.ts, which a test imports.`);
  return resolved;
}
