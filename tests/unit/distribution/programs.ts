import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new folder for programs and files of one test. */
export interface TestFolder {
  readonly path: string;
  /** Writes an executable shell script; `body` is all of it but its first line. */
  program(name: string, body: string): Promise<void>;
  remove(): Promise<void>;
}

export async function createTestFolder(): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), "multiarch-credentials-"));
  return {
    path,
    async program(name, body) {
      await writeFile(join(path, name), `#!/bin/sh\n${body}\n`);
      await chmod(join(path, name), 0o755);
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
