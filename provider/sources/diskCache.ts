import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Descriptor } from "../oci/descriptor";
import { createVerifier, digestOf } from "../oci/digest";
import { cacheFolder, isPrivateFolder, makePrivateFolder } from "./cacheFolder";
import { pruneFolder } from "./pruneFolder";

/**
 * What earlier processes found out, kept in a folder of the user's. Everything in it can be had again: whatever cannot be read
 * or written is as if it were not there, and nothing here throws. Processes may share it: files appear whole or not at all.
 */
export interface DiskCache {
  /** The value remembered under a key; `undefined` when there is none or its file is damaged. */
  recall(key: string): Promise<unknown>;
  /** Remembers a value of JSON under a key. */
  remember(key: string, value: unknown): Promise<void>;
  /** Opens a blob that was kept and still has the descriptor's size and digest: all of it is read before. */
  openBlob(descriptor: Descriptor): Promise<Readable | undefined>;
  /** Starts to keep a blob whose digest is not known yet. */
  writeBlob(): BlobWriter;
}

/** A blob on its way into the cache. */
export interface BlobWriter {
  write(chunk: Uint8Array): Promise<void>;
  /** Keeps what was written under its digest; nothing is kept of more than 64 MiB, or after a failed write. */
  keep(digest: string): Promise<void>;
  /** Keeps nothing. */
  drop(): Promise<void>;
}

/** How much the cache holds at most, in bytes, but for what processes add while another one cleans up. */
const cacheLimit = 1024 * 1024 * 1024;
const blobLimit = 64 * 1024 * 1024;
const caches = new Map<string, DiskCache>();

/**
 * The cache that the environment names, one a process and folder.
 * @returns `undefined` when there is none (see {@link cacheFolder}).
 */
export function openDiskCache(environment: Readonly<Record<string, string | undefined>>): DiskCache | undefined {
  const folder = cacheFolder(environment);
  if (folder === undefined) return undefined;
  const cache = caches.get(folder) ?? createDiskCache(folder, cacheLimit);
  caches.set(folder, cache);
  return cache;
}

/**
 * A cache in a folder, which is made when something is written.
 * @param folder - absolute.
 * @param limit - how much it holds, in bytes; what was not used for longest goes first.
 */
export function createDiskCache(folder: string, limit: number): DiskCache {
  const directory = join(folder, "v1");
  const pathOf = (name: string) => join(directory, name.replace(":", "-"));
  // A process cleans up before it adds its first file, and then from time to time.
  let unpruned = Number.POSITIVE_INFINITY;

  async function create(): Promise<Part | undefined> {
    if (!(await makePrivateFolder(directory))) return undefined;
    const path = pathOf(`${randomUUID()}.part`);
    return { path, handle: await open(path, "wx", 0o600) };
  }

  async function settle(part: Part, name: string, size: number): Promise<void> {
    await part.handle.close();
    unpruned += size;
    if (unpruned > blobLimit) {
      unpruned = size;
      await pruneFolder(directory, limit - size);
    }
    await rename(part.path, pathOf(name));
  }

  const startFile = () => fileWriter(create, settle);

  return {
    recall: (key) =>
      attempt(async () => {
        if (!(await isPrivateFolder(directory))) return undefined;
        const handle = await openOwn(pathOf(recordName(key)));
        try {
          const text = await handle.readFile("utf8");
          const end = text.indexOf("\n");
          if (text.slice(0, end) !== checksum(key, text.slice(end + 1))) return undefined;
          await touch(handle);
          return JSON.parse(text.slice(end + 1));
        } finally {
          await handle.close();
        }
      }),
    async remember(key, value) {
      const text = JSON.stringify(value);
      const file = startFile();
      await file.write(Buffer.from(`${checksum(key, text)}\n${text}`));
      await file.keep(recordName(key));
    },
    openBlob: (descriptor) =>
      attempt(async () => {
        if (!(await isPrivateFolder(directory))) return undefined;
        const path = pathOf(descriptor.digest);
        const handle = await openOwn(path);
        try {
          const verifier = createVerifier(descriptor, path);
          for await (const chunk of handle.createReadStream({ start: 0, autoClose: false })) verifier.update(chunk);
          verifier.finish();
          await touch(handle);
          // Out of the same open file: another process may remove its name at any time.
          return handle.createReadStream({ start: 0 });
        } catch (error) {
          await handle.close();
          throw error;
        }
      }),
    writeBlob: startFile,
  };
}

interface Part {
  readonly handle: FileHandle;
  readonly path: string;
}

/** Whatever fails, the file is closed, and nothing is left under its temporary name. */
function fileWriter(
  create: () => Promise<Part | undefined>,
  settle: (part: Part, name: string, size: number) => Promise<void>,
): BlobWriter {
  let part = attempt(create);
  let size = 0;
  const take = async () => {
    const taken = await part;
    part = Promise.resolve(undefined);
    return taken;
  };
  const discard = async ({ handle, path }: Part) => {
    await attempt(() => handle.close());
    await attempt(() => rm(path, { force: true }));
  };
  const drop = async () => {
    const dropped = await take();
    if (dropped) await discard(dropped);
  };
  return {
    drop,
    async write(chunk) {
      const open = await part;
      if (open === undefined) return;
      size += chunk.length;
      const isWritten = size <= blobLimit && (await attempt(() => open.handle.writeFile(chunk).then(() => true)));
      if (!isWritten) await drop();
    },
    async keep(name) {
      const open = await take();
      if (open === undefined) return;
      const isKept = await attempt(() => settle(open, name, size).then(() => true));
      if (!isKept) await discard(open);
    },
  };
}

/** Opens a file to read it, never through a link. */
function openOwn(path: string): Promise<FileHandle> {
  // Windows has no such flag; links need a privilege there.
  return open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
}

function recordName(key: string): string {
  return `${digestOf(Buffer.from(key))}.json`;
}

function checksum(key: string, text: string): string {
  return createHash("sha256").update(`${key}\n${text}`).digest("hex");
}

/** What is used stays longest. */
async function touch(handle: FileHandle): Promise<void> {
  const now = new Date();
  await attempt(() => handle.utimes(now, now));
}

async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
