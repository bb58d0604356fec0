import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A temporary folder, made before each test of the enclosing suite and removed after it. */
export interface TestFolder {
  /** Absolute. */
  path(name?: string): string;
  /** Writes a file, with the folders above it. @returns its absolute path. */
  write(name: string, content: string | Uint8Array): string;
}

/** Gives the enclosing suite a temporary folder. */
export function testFolder(): TestFolder {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sources-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  return {
    path: (name = "") => join(folder, name),
    write(name, content) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return path;
    },
  };
}
