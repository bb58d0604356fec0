import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let folder: string | undefined;
const written = new Set<string>();

/** The program's folder: a temporary one, which goes with this process. */
export function directory(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), "multiarch-model-"));
  process.once("exit", () => rmSync(made, { recursive: true, force: true }));
  folder = made;
  return made;
}

/** The path, relative to the program's folder, of a file that holds this text. */
export function fileOf(text: string): string {
  const name = `${encodeURIComponent(text)}.txt`;
  if (!written.has(name)) writeFileSync(join(directory(), name), text);
  written.add(name);
  return name;
}
