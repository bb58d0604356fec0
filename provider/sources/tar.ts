import { Header } from "tar";
import { isEscaped, plainText } from "./byteText";
import { encodePax, type PaxRecords, paxText } from "./pax";
import { blockSize } from "./tarHeader";

/** One entry of a layer's tar, all of its header decided by the caller. */
export interface TarEntry {
  /** Relative to the image's root, with slashes, without one at the end. */
  readonly name: string;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** The file's bytes, opened afresh by every call; absent: a folder or a link. */
  readonly content?: { readonly size: number; open(): AsyncIterable<Uint8Array> };
  /** What a symbolic link holds; absent: a folder or a file. */
  readonly linkpath?: string;
  /** Further PAX records, none of which is about a field above. */
  readonly pax?: PaxRecords;
}

/**
 * Writes entries as a tar in their order. The bytes depend on the arguments alone: ustar headers, and PAX ones where a
 * name or number does not fit or an entry has records of its own.
 * @param entries - what the tar holds; each content yields exactly `size` bytes.
 * @param time - every entry's time of modification, in seconds since the Unix epoch.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md
 */
export async function* writeTar(entries: Iterable<TarEntry>, time: number): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    yield* headers(entry, new Date(time * 1000));
    if (entry.content === undefined) continue;
    yield* entry.content.open();
    const remainder = entry.content.size % blockSize;
    if (remainder > 0) yield Buffer.alloc(blockSize - remainder);
  }
  yield Buffer.alloc(2 * blockSize);
}

function* headers(entry: TarEntry, mtime: Date): Generator<Uint8Array> {
  const { mode, uid, gid, linkpath, pax } = entry;
  const type = typeOf(entry);
  const path = type === "Directory" ? `${entry.name}/` : entry.name;
  const size = entry.content?.size ?? 0;
  const isBinary = isEscaped(`${path}${linkpath ?? ""}`);
  const fields = { path: plainText(path), uid, gid, mtime };
  const block = Buffer.alloc(blockSize);
  const isTooSmall = new Header({ ...fields, mode, size, type, linkpath: plainText(linkpath ?? "") }).encode(block);
  if (isTooSmall || isBinary || pax !== undefined) {
    const records = {
      ...(isBinary && { hdrcharset: "BINARY" }),
      path: paxText(path),
      gid: String(gid),
      ...(linkpath !== undefined && { linkpath: paxText(linkpath) }),
      mtime: String(mtime.getTime() / 1000),
      size: String(size),
      uid: String(uid),
      ...pax,
    };
    yield encodePax(records, fields);
  }
  yield block;
}

function typeOf({ content, linkpath }: TarEntry): "Directory" | "File" | "SymbolicLink" {
  if (content !== undefined) return "File";
  return linkpath === undefined ? "Directory" : "SymbolicLink";
}
