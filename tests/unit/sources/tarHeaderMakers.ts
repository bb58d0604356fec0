import type { TarHeader } from "../../../provider/sources/tarHeaders";

/** The header of a folder. */
export function folder(name: string, fields: Partial<TarHeader> = {}): TarHeader {
  return { type: "folder", name, mode: 0o755, uid: 0, gid: 0, ...fields };
}

/** The header of a file. */
export function file(name: string): TarHeader {
  return { type: "file", name, mode: 0o644, uid: 0, gid: 0 };
}

/** The header of a symbolic link. */
export function link(name: string, linkpath: string): TarHeader {
  return { type: "link", name, mode: 0o777, uid: 0, gid: 0, linkpath };
}
