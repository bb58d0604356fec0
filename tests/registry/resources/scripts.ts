import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Local files of a suite, from which PlatformImages are made. */
export interface Scripts {
  /** Writes a script under its name, new by default, and with a text, unlike any other by default. @returns its absolute path. */
  write(name?: string, text?: string): string;
  /** The `source` input of an image with one new script. */
  source(): { readonly files: Readonly<Record<string, string>> };
}

/** Gives the enclosing suite a folder for scripts, from before it until after it. */
export function scripts(): Scripts {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "scripts-"));
  });
  after(() => rmSync(folder, { recursive: true }));
  const write: Scripts["write"] = (name = randomUUID(), text = randomUUID()) => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n# ${text}\n`);
    return path;
  };
  return { write, source: () => ({ files: { "/server": write() } }) };
}
