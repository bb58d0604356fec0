import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join, posix, resolve } from "node:path";
import { Readable } from "node:stream";
import { messageOf, ProviderError } from "../errors";
import type { RequestBody } from "../http/message";
import { type IgnoreRule, parseDockerIgnore } from "./dockerIgnore";
import { gzip } from "./gzip";
import { readLocalFile } from "./localFile";
import { spooled } from "./spool";
import { type TarEntry, writeTar } from "./tar";

/** A local folder as a build gets it. */
export interface BuildContext {
  /** The folder; absolute. */
  readonly folder: string;
  /** Of everything that the build would get; relative to the folder, with slashes. */
  readonly names: ReadonlySet<string>;
  /** Of the uncompressed tar: the same for the same names, contents, links and rights to execute. */
  readonly digest: string;
  /**
   * A tar compressed with gzip, kept in a temporary file without a name.
   * @throws ERR_SOURCE_UNAVAILABLE when something in the folder is no longer what it was.
   */
  pack(): Promise<RequestBody>;
}

/**
 * Looks at the folder of a build and reads all that the build would get: everything but `.git` and what the ignore file of
 * every Dockerfile leaves out, which is `<dockerfile>.dockerignore` where it exists, else `.dockerignore`. Dockerfiles and
 * ignore files always come along. Owners and times are left out, and of the mode all but the right to execute, so that two
 * checkouts of the same sources give the same digest.
 * @param path - the folder.
 * @param dockerfiles - paths within it; none for a build that has other ways.
 * @param directory - what a relative `path` resolves against; absolute.
 * @throws ERR_SOURCE_UNAVAILABLE with the absolute path of what cannot be read; ERR_INPUT_INVALID for a bad ignore file.
 */
export async function lookAtBuildContext(
  path: string,
  dockerfiles: readonly string[],
  directory: string,
): Promise<BuildContext> {
  const folder = resolve(directory, path);
  const isIgnored = await ignoreRule(folder, dockerfiles);
  const entries = await listEntries(folder, isIgnored);
  const digest = await tarDigest(entries);
  return {
    folder,
    names: new Set(entries.map(({ name }) => name)),
    digest,
    async pack() {
      const stored = await spooled(`build context ${folder} ${digest}`, folder, () =>
        gzip(sameTar(folder, entries, digest)),
      );
      return { length: stored.size, open: () => Readable.from(stored.read(0, stored.size)) };
    },
  };
}

const ignoreFile = ".dockerignore";

/** A path is left out when no Dockerfile's build would get it. */
async function ignoreRule(folder: string, dockerfiles: readonly string[]): Promise<IgnoreRule> {
  const kept = new Set(
    [ignoreFile, ...dockerfiles.flatMap((name) => [name, `${name}${ignoreFile}`])].map(posix.normalize),
  );
  const common = (await readIfThere(folder, ignoreFile)) ?? { name: ignoreFile, text: "" };
  const own = dockerfiles.map(async (name) => (await readIfThere(folder, `${name}${ignoreFile}`)) ?? common);
  const files = dockerfiles.length === 0 ? [common] : await Promise.all(own);
  const rules = files.map((file) => parseDockerIgnore(file, [".git"]));
  return {
    ignores: (path) => !kept.has(path) && rules.every(({ ignores }) => ignores(path)),
    // A Dockerfile may be in a folder that is left out.
    hasExceptions: [...kept].some((path) => path.includes("/")) || rules.some(({ hasExceptions }) => hasExceptions),
  };
}

async function readIfThere(folder: string, name: string) {
  const path = join(folder, name);
  try {
    return { name, text: await readFile(path, "utf8") };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw unavailable(path, `cannot be read: ${messageOf(error)}`, error);
  }
}

/** Sorted by name, so that the tar does not depend on the file system; folders before what they hold. */
async function listEntries(folder: string, { ignores, hasExceptions }: IgnoreRule): Promise<readonly TarEntry[]> {
  const entries: TarEntry[] = [];
  const pending = [""];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    for (const name of await namesIn(join(folder, parent))) {
      const entry = await entryOf(folder, posix.join(parent, name));
      if (entry === undefined) continue;
      const isIgnored = ignores(entry.name);
      if (!isIgnored) entries.push(entry);
      const isFolder = entry.content === undefined && entry.linkpath === undefined;
      if (isFolder && (!isIgnored || hasExceptions)) pending.push(entry.name);
    }
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function namesIn(path: string): Promise<readonly string[]> {
  return readdir(path).catch((error: unknown) => {
    throw unavailable(path, `cannot be listed: ${messageOf(error)} Name a folder that this user may read.`, error);
  });
}

const memberFile = { followsLink: false, remedy: "Run again when the folder is complete." };

/** `undefined` for sockets, devices and pipes: no build can have them. */
async function entryOf(folder: string, name: string): Promise<TarEntry | undefined> {
  const path = join(folder, name);
  const stat = await lstat(path).catch((error: unknown) => {
    throw unavailable(path, `cannot be looked at: ${messageOf(error)}`, error);
  });
  const common = { name, uid: 0, gid: 0 };
  if (stat.isDirectory()) return { ...common, mode: 0o755 };
  if (stat.isSymbolicLink()) return { ...common, mode: 0o777, linkpath: await readlink(path) };
  if (!stat.isFile()) return undefined;
  const { size } = stat;
  const mode = (stat.mode & 0o100) === 0 ? 0o644 : 0o755;
  return { ...common, mode, content: { size, open: () => readLocalFile({ path, size }, memberFile) } };
}

async function tarDigest(entries: readonly TarEntry[]): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of writeTar(entries, 0)) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}

async function* sameTar(folder: string, entries: readonly TarEntry[], digest: string): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const chunk of writeTar(entries, 0)) {
    hash.update(chunk);
    yield chunk;
  }
  if (`sha256:${hash.digest("hex")}` !== digest)
    throw unavailable(folder, "changed while it was in use. Run again when it is complete.");
}

function unavailable(path: string, reason: string, cause?: unknown): ProviderError<"ERR_SOURCE_UNAVAILABLE"> {
  return new ProviderError("ERR_SOURCE_UNAVAILABLE", `${path} ${reason}`, { source: path }, { cause });
}
