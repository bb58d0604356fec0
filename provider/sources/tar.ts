import { Header, Pax } from "tar";

/** One entry of a layer's tar, all of its header decided by the caller. */
export interface TarEntry {
  /** Relative to the image's root, with slashes, without one at the end. */
  readonly name: string;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** The file's bytes, opened afresh by every call; absent: a folder. */
  readonly content?: { readonly size: number; open(): AsyncIterable<Uint8Array> };
}

const blockSize = 512;

/**
 * Writes entries as a tar in their order. The bytes depend on the arguments alone: ustar headers, and PAX ones where a
 * name or number does not fit.
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

function* headers({ name, mode, uid, gid, content }: TarEntry, mtime: Date): Generator<Uint8Array> {
  const path = content === undefined ? `${name}/` : name;
  const fields = { path, mode, uid, gid, size: content?.size ?? 0, mtime };
  const block = Buffer.alloc(blockSize);
  const header = new Header({ ...fields, type: content === undefined ? "Directory" : "File" });
  if (header.encode(block)) yield new Pax(fields).encode();
  yield block;
}
