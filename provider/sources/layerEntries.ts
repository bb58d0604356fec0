import { messageOf } from "../errors";
import type { BaseTree } from "./baseTree";
import type { ImageFile } from "./imageFiles";
import type { TarEntry } from "./tar";
import { parentNames, refusedTarget } from "./targetPath";
import type { TarHeader } from "./tarHeaders";

/**
 * All entries of a layer: the files, folders and links, and the folders above them, sorted by name. They are written where
 * the base's links lead (`/bin/x` to `usr/bin/x`), but for a file's own name: it takes the place of a link of that name.
 * Folders that the base has keep its mode, owner and attributes; others get 0755 and owner 0, or what their own entry says.
 * @param files - what the layer holds; of two with one name, the last.
 * @param base - what it is laid upon.
 * @throws ERR_INPUT_INVALID with the path of the entry to blame when a folder and a file claim one place, or two entries do
 * through a link of the base.
 */
export function layerEntries(files: readonly ImageFile[], base: BaseTree): readonly TarEntry[] {
  const placed = new Map<string, PlacedEntry>();

  function put(name: string, { target, entry }: ImageFile): void {
    const before = placed.get(name);
    if (before && isFolder(before.entry) !== isFolder(entry))
      throw refusedTarget(target, `and ${quote(before)} claim /${name}, one as a folder. Move one of them.`);
    if (before && !isFolder(entry) && before.given !== entry.name)
      throw refusedTarget(target, `is the same place as ${quote(before)}, through a link of the base. Leave one out.`);
    placed.set(name, { target, given: entry.name, entry: placedEntry(name, entry, base.entryAt(name), target) });
  }

  for (const file of files) {
    const name = placeOf(file, base);
    for (const parent of parentNames(name)) {
      const before = placed.get(parent);
      if (before === undefined) put(parent, { ...file, entry: plainFolder(parent) });
      else if (!isFolder(before.entry))
        throw refusedTarget(file.target, `lies below ${quote(before)}, which is a file or link. Move one of them.`);
    }
    if (name !== "") put(name, file);
  }
  return [...placed.values()].map(({ entry }) => entry).sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface PlacedEntry {
  readonly target: string;
  /** Its name before the base's links were followed. */
  readonly given: string;
  readonly entry: TarEntry;
}

function placeOf({ target, entry }: ImageFile, base: BaseTree): string {
  const slash = entry.name.lastIndexOf("/");
  try {
    if (isFolder(entry)) return base.folderAt(entry.name);
    const parent = base.folderAt(entry.name.slice(0, Math.max(slash, 0)));
    return `${parent}${parent === "" ? "" : "/"}${entry.name.slice(slash + 1)}`;
  } catch (error) {
    throw refusedTarget(target, `cannot be written on this base. ${messageOf(error)}`);
  }
}

function placedEntry(name: string, entry: TarEntry, found: TarHeader | undefined, target: string): TarEntry {
  if (!isFolder(entry)) {
    if (found?.type !== "folder") return { ...entry, name };
    throw refusedTarget(
      target,
      `has a file or link for /${name}, which is a folder of the base. Name a file below it.`,
    );
  }
  if (found?.type !== "folder") return { ...entry, name };
  const { mode, uid, gid, pax } = found;
  return { name, mode, uid, gid, ...(pax && { pax }) };
}

function plainFolder(name: string): TarEntry {
  return { name, mode: 0o755, uid: 0, gid: 0 };
}

function isFolder({ content, linkpath }: TarEntry): boolean {
  return content === undefined && linkpath === undefined;
}

function quote({ target }: PlacedEntry): string {
  return JSON.stringify(target);
}
