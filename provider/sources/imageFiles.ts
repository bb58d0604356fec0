import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { hasCode, ProviderError } from "../errors";
import type { Platform } from "../oci/platform";
import { type Executable, executableHeadSize, readExecutable } from "./executable";
import { type FolderMember, listFolder } from "./folder";
import { type FileKind, lookAtLocalFile, readLocalFile } from "./localFile";
import type { FilesSource } from "./source";
import type { TarEntry } from "./tar";
import { filePropertyPath, type PlacedFile, placeFiles, refusedTarget, unfitName } from "./targetPath";

/** A local file, folder or link on its way into a layer. */
export interface ImageFile {
  /** The key of `source.files` that it belongs to. */
  readonly target: string;
  /** Where it is on this machine; absolute. */
  readonly path: string;
  readonly entry: TarEntry;
  readonly executable?: Executable;
}

/**
 * Looks at the local files and folders of a source and decides their headers: the mode by the content (0755 for ELF, PE and
 * `#!`, else 0644; 0755 for folders), owner and group 0, unless the entry says otherwise. An entry's mode goes for all files
 * below a folder; folders get it with the right to search wherever it gives the right to read. Nothing comes from the local
 * file's own mode, owner or times.
 * @param files - as `source.files`.
 * @param directory - what relative local paths resolve against; absolute.
 * @returns sorted by the target, then by name; where a folder and a more specific target have the same name, the latter comes last.
 * @throws ERR_INPUT_INVALID with the path of the entry to blame; ERR_SOURCE_UNAVAILABLE with a local file's absolute path.
 */
export async function lookAtImageFiles(files: FilesSource["files"], directory: string): Promise<readonly ImageFile[]> {
  const placed = placeFiles(files);
  if (placed.length === 0) {
    const message = "There is no file to make an image of. Map at least one target path to a local file or folder.";
    throw new ProviderError("ERR_INPUT_INVALID", message, { path: "source.files" });
  }
  const result: ImageFile[] = [];
  for (const file of placed) {
    const entry = await lookAtEntry(file, directory).catch((error: unknown) => {
      throw hasCode(error, "ERR_SOURCE_UNAVAILABLE") ? ofEntry(file.target, error) : error;
    });
    for (const found of entry) result.push(found);
  }
  return result;
}

/** The executables whose header tells a platform. */
export function executablePlatforms(
  files: readonly ImageFile[],
): readonly { readonly path: string; readonly file: string; readonly platform: Platform }[] {
  return files.flatMap(({ target, path, executable }) =>
    executable?.platform === undefined ? [] : [{ path: target, file: path, platform: executable.platform }],
  );
}

const sourceFile: FileKind = { followsLink: true, remedy: "Build it first, or correct the path." };
const memberFile: FileKind = { followsLink: false, remedy: "Run again when the folder is complete." };
const largestMode = 0o7777;
const largestId = 0xfffffffe;

/** What an entry of `source.files` says of its file, or of everything in its folder. */
interface Settings {
  readonly mode: number | undefined;
  readonly uid: number;
  readonly gid: number;
}

async function lookAtEntry(
  { target, name, isFolder, file }: PlacedFile<FilesSource["files"][string]>,
  directory: string,
): Promise<readonly ImageFile[]> {
  const { path: given, mode, uid = 0, gid = 0 } = typeof file === "string" ? { path: file } : file;
  if (given === "") throw refused(target, "", "The local path is empty. Name the file or folder to put there.");
  const settings = {
    mode: mode === undefined ? undefined : within(mode, largestMode, target, "mode"),
    uid: within(uid, largestId, target, "uid"),
    gid: within(gid, largestId, target, "gid"),
  };
  const path = resolve(directory, given);
  // What is not there at all is told by the attempt to read it.
  if ((await stat(path).catch(() => undefined))?.isDirectory()) return lookAtFolder(target, name, path, settings);
  const found = await lookAtFile(target, name, path, settings, sourceFile);
  if (isFolder) throw refusedTarget(target, `names a folder, but ${path} is a file. Name the file that it becomes.`);
  return [found];
}

async function lookAtFolder(target: string, name: string, path: string, settings: Settings): Promise<ImageFile[]> {
  const root = name === "" ? [] : [{ target, path, entry: folderEntry(name, settings) }];
  const found: ImageFile[] = [...root];
  for (const member of await listFolder(path)) {
    const place = name === "" ? member.name : `${name}/${member.name}`;
    const problem = unfitName(place);
    if (problem !== undefined)
      throw refusedTarget(target, `would hold ${JSON.stringify(member.name)}, which ${problem}`);
    found.push(await lookAtMember(target, place, member, settings));
  }
  return found;
}

async function lookAtMember(
  target: string,
  name: string,
  { path, kind, linkpath }: FolderMember,
  settings: Settings,
): Promise<ImageFile> {
  if (kind === "file") return lookAtFile(target, name, path, settings, memberFile);
  if (linkpath === undefined) return { target, path, entry: folderEntry(name, settings) };
  // A link's own mode means nothing; this is what tools write.
  return { target, path, entry: { name, mode: 0o777, uid: settings.uid, gid: settings.gid, linkpath } };
}

async function lookAtFile(
  target: string,
  name: string,
  path: string,
  { mode, uid, gid }: Settings,
  kind: FileKind,
): Promise<ImageFile> {
  const local = await lookAtLocalFile(path, executableHeadSize, kind);
  const executable = readExecutable(local.head);
  const entry = {
    name,
    mode: mode ?? (executable === undefined ? 0o644 : 0o755),
    uid,
    gid,
    content: { size: local.size, open: () => readLocalFile(local, kind) },
  };
  return { target, path, entry, ...(executable !== undefined && { executable }) };
}

function folderEntry(name: string, { mode = 0o755, uid, gid }: Settings): TarEntry {
  return { name, mode: mode | ((mode & 0o444) >> 2), uid, gid };
}

function within(value: number, largest: number, target: string, property: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= largest) return value;
  throw refused(
    target,
    `.${property}`,
    `${value} cannot be the ${property} of ${JSON.stringify(target)}. Give a whole number from 0 to ${largest}.`,
  );
}

/** The same error about the entry that names the file. */
function ofEntry(target: string, error: ProviderError<"ERR_SOURCE_UNAVAILABLE">): Error {
  const message = `${filePropertyPath(target)}: ${error.message}`;
  return new ProviderError("ERR_SOURCE_UNAVAILABLE", message, error.details, { cause: error });
}

function refused(target: string, property: string, message: string): ProviderError<"ERR_INPUT_INVALID"> {
  return new ProviderError("ERR_INPUT_INVALID", message, { path: `${filePropertyPath(target)}${property}` });
}
