import { resolve } from "node:path";
import { ProviderError } from "../errors";
import type { Platform } from "../oci/platform";
import { type Executable, executableHeadSize, readExecutable } from "./executable";
import { type FileKind, lookAtLocalFile, readLocalFile } from "./localFile";
import type { FilesSource } from "./source";
import type { TarEntry } from "./tar";
import { filePropertyPath, type PlacedFile, parentNames, placeFiles } from "./targetPath";

/** A local file on its way into a layer. */
export interface ImageFile {
  /** The key of `source.files`. */
  readonly target: string;
  readonly entry: TarEntry;
  readonly executable?: Executable;
}

/**
 * Looks at the local files of a source and decides their headers: the mode by the content (0755 for ELF, PE and `#!`,
 * else 0644), owner and group 0, unless the entry says otherwise. Nothing comes from the local file's own mode or times.
 * @param files - as `source.files`.
 * @param directory - what relative local paths resolve against; absolute.
 * @returns the files sorted by name.
 * @throws ERR_INPUT_INVALID with the path of the entry to blame; ERR_SOURCE_UNAVAILABLE with a local file's absolute path.
 */
export async function lookAtImageFiles(files: FilesSource["files"], directory: string): Promise<readonly ImageFile[]> {
  const placed = placeFiles(files);
  if (placed.length === 0) {
    const message = "There is no file to make an image of. Map at least one target path to a local file.";
    throw new ProviderError("ERR_INPUT_INVALID", message, { path: "source.files" });
  }
  const result: ImageFile[] = [];
  for (const file of placed) result.push(await lookAtImageFile(file, directory));
  return result;
}

/**
 * All entries of the layer: the files and, with mode 0755, the folders above them, sorted by name.
 * @param files - what the layer holds.
 * @param os - of the platform: a Windows layer has its root below `Files`, beside a folder `Hives` for the registry.
 */
export function layerEntries(files: readonly TarEntry[], os: string): readonly TarEntry[] {
  const windows = os === "windows";
  const entries = new Map<string, TarEntry>();
  if (windows) entries.set("Hives", folder("Hives"));
  for (const file of files) {
    const name = windows ? `Files/${file.name}` : file.name;
    for (const parent of parentNames(name)) entries.set(parent, folder(parent));
    entries.set(name, { ...file, name });
  }
  return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The executables whose header tells a platform. */
export function executablePlatforms(
  files: readonly ImageFile[],
): readonly { readonly path: string; readonly platform: Platform }[] {
  return files.flatMap(({ target: path, executable }) =>
    executable?.platform === undefined ? [] : [{ path, platform: executable.platform }],
  );
}

const sourceFile: FileKind = { followsLink: true, remedy: "Build it first, or correct the path." };
const largestMode = 0o7777;
const largestId = 0xfffffffe;

async function lookAtImageFile(
  { target, name, file }: PlacedFile<FilesSource["files"][string]>,
  directory: string,
): Promise<ImageFile> {
  const { path, mode, uid = 0, gid = 0 } = typeof file === "string" ? { path: file } : file;
  if (path === "") throw refused(target, "", "The local path is empty. Name the file to put there.");
  const local = await lookAtLocalFile(resolve(directory, path), executableHeadSize, sourceFile);
  const executable = readExecutable(local.head);
  const entry = {
    name,
    mode: within(mode ?? (executable === undefined ? 0o644 : 0o755), largestMode, target, "mode"),
    uid: within(uid, largestId, target, "uid"),
    gid: within(gid, largestId, target, "gid"),
    content: { size: local.size, open: () => readLocalFile(local, sourceFile) },
  };
  return { target, entry, ...(executable !== undefined && { executable }) };
}

function folder(name: string): TarEntry {
  return { name, mode: 0o755, uid: 0, gid: 0 };
}

function within(value: number, largest: number, target: string, property: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= largest) return value;
  throw refused(
    target,
    `.${property}`,
    `${value} cannot be the ${property} of ${JSON.stringify(target)}. Give a whole number from 0 to ${largest}.`,
  );
}

function refused(target: string, property: string, message: string): ProviderError<"ERR_INPUT_INVALID"> {
  return new ProviderError("ERR_INPUT_INVALID", message, { path: `${filePropertyPath(target)}${property}` });
}
