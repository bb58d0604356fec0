import type { BaseTree } from "./baseTree";
import { isEscaped } from "./byteText";
import type { ImageFile } from "./imageFiles";
import { layerEntries } from "./layerEntries";
import type { TarEntry } from "./tar";
import { refusedTarget } from "./targetPath";

/**
 * The entries of a layer on a Windows base: its files below `Files`, beside a folder `Hives` for the registry. What is new
 * carries the attributes and the security descriptor that BuildKit gives to files that do not come from Windows: full control
 * for the system and administrators, reading and execution for users. Folders of the base keep its own.
 * @param files - as for `layerEntries`; links are refused.
 * @param base - whose names do not differ by case.
 * @param time - of creation, in seconds since the Unix epoch.
 * @throws ERR_INPUT_INVALID with the path of the entry to blame, as `layerEntries`.
 * @see https://github.com/moby/buildkit/blob/v0.12.0/util/winlayers/differ.go
 */
export function windowsLayerEntries(files: readonly ImageFile[], base: BaseTree, time: number): readonly TarEntry[] {
  const below = files.map((file) => ({ ...file, entry: belowFiles(file) }));
  const [filesRoot, ...entries] = layerEntries(below, base).map((entry) =>
    isOfBase(entry, base) ? entry : withAttributes(entry, time, entry.name.includes("/")),
  );
  const { mode, uid, gid, pax } = base.entryAt("Hives") ?? withAttributes(plainHives, time, false);
  const hives = { name: "Hives", mode, uid, gid, ...(pax && { pax }) };
  return filesRoot ? [hives, filesRoot, ...entries] : [hives];
}

const plainHives = { name: "Hives", mode: 0o755, uid: 0, gid: 0 };

/** @see https://learn.microsoft.com/windows/win32/fileio/naming-a-file#naming-conventions */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const unfitCharacters = /[\u0000-\u001f<>:"|?*\\]/;

function belowFiles({ target, entry }: ImageFile): TarEntry {
  if (entry.linkpath !== undefined)
    throw refusedTarget(
      target,
      `would hold the link /${entry.name}, which a Windows image cannot be given. Put the file itself there.`,
    );
  if (unfitCharacters.test(entry.name) || isEscaped(entry.name))
    throw refusedTarget(
      target,
      `would hold ${JSON.stringify(entry.name)}, which cannot be a name on Windows. Rename it.`,
    );
  return { ...entry, name: entry.name === "" ? "Files" : `Files/${entry.name}` };
}

function isOfBase({ name, content }: TarEntry, base: BaseTree): boolean {
  return content === undefined && base.entryAt(name)?.type === "folder";
}

// The bits of S_IFDIR and S_IFREG, and FILE_ATTRIBUTE_DIRECTORY and FILE_ATTRIBUTE_ARCHIVE.
const folderKind = { modeBit: 0o40000, attributes: "16" };
const fileKind = { modeBit: 0o100000, attributes: "32" };

/** O:BAG:SYD:(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;;FA;;;BA)(A;OICIIO;GA;;;CO)(A;OICI;0x1200a9;;;BU)(A;CI;LC;;;BU)(A;CI;DC;;;BU) */
const folderSecurity =
  "AQAEgBQAAAAkAAAAAAAAADAAAAABAgAAAAAABSAAAAAgAgAAAQEAAAAAAAUSAAAAAgCoAAcAAAAAAxgA/wEfAAECAAAAAAAFIAAAACACAAAAAxQA/wEfAAEBAAAAAAAFEgAAAAAAGAD/AR8AAQIAAAAAAAUgAAAAIAIAAAALFAAAAAAQAQEAAAAAAAMAAAAAAAMYAKkAEgABAgAAAAAABSAAAAAhAgAAAAIYAAQAAAABAgAAAAAABSAAAAAhAgAAAAIYAAIAAAABAgAAAAAABSAAAAAhAgAA";
/** O:BAG:SYD:(A;;FA;;;BA)(A;;FA;;;SY)(A;;0x1200a9;;;BU) */
const fileSecurity =
  "AQAEgBQAAAAkAAAAAAAAADAAAAABAgAAAAAABSAAAAAgAgAAAQEAAAAAAAUSAAAAAgBMAAMAAAAAABgA/wEfAAECAAAAAAAFIAAAACACAAAAABQA/wEfAAEBAAAAAAAFEgAAAAAAGACpABIAAQIAAAAAAAUgAAAAIQIAAA==";

function withAttributes(entry: TarEntry, time: number, hasSecurity: boolean): TarEntry {
  const isFile = entry.content !== undefined;
  const { modeBit, attributes } = isFile ? fileKind : folderKind;
  const pax = {
    "LIBARCHIVE.creationtime": `${time}.0`,
    "MSWINDOWS.fileattr": attributes,
    ...(hasSecurity && { "MSWINDOWS.rawsd": isFile ? fileSecurity : folderSecurity }),
  };
  return { ...entry, mode: entry.mode | modeBit, pax };
}
