import { execFile } from "node:child_process";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { extract } from "tar";
import type { StorageStandIn } from "./storage";

const run = promisify(execFile);

/**
 * Brings the source of a run into an agent's folder: what was uploaded, or what a URL of a tarball or of a git repository
 * (`https://….git#branch:folder`) leads to.
 * @returns the folder that is the context.
 */
export async function uploadSource(sourceLocation: string, folder: string, storage: StorageStandIn): Promise<string> {
  const [, repository, ref, subfolder = "."] = /^(.+\.git)(?:#([^:]*)(?::(.+))?)?$/.exec(sourceLocation) ?? [];
  if (repository !== undefined) {
    const branch = ref ? [`--branch=${ref}`] : [];
    await run("git", ["clone", "--quiet", ...branch, repository, folder], { env: cleanEnvironment });
    return join(folder, subfolder);
  }
  const bytes = storage.blobs.get(`/${sourceLocation}`)?.bytes ?? (await download(sourceLocation));
  await pipeline(Readable.from([bytes]), extract({ cwd: folder }));
  return folder;
}

/** Nothing of who runs the tests decides what git does. */
const cleanEnvironment = {
  PATH: process.env["PATH"],
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
};

async function download(url: string): Promise<Buffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`failed to download context: unexpected status code ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
