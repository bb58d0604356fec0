import { Header } from "tar";
import type { StoredBytes } from "../../../provider/sources/storedBytes";

/** One member of a tar, well-formed or not. */
export interface Member {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** Default: a file. */
  readonly type?: Header["type"];
  readonly target?: string;
  /** What the header says instead of the content's length. */
  readonly size?: number;
}

/** The blocks of one member: header and padded content. */
export function tarMember({ name, content = "", type = "File", target, size }: Member): Buffer {
  const bytes = Buffer.from(content);
  const block = Buffer.alloc(512);
  new Header({
    path: name,
    type,
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: size ?? bytes.length,
    mtime: new Date(0),
    ...(target !== undefined && { linkpath: target }),
  }).encode(block);
  return Buffer.concat([block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

/** A tar's end mark. */
export const endMark = Buffer.alloc(1024);

/** A whole tar. */
export function tarOf(...members: readonly Member[]): Buffer {
  return Buffer.concat([...members.map(tarMember), endMark]);
}

/** A PAX record with its length. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + Buffer.byteLength(rest) !== length)
    length = String(length).length + Buffer.byteLength(rest);
  return `${length}${rest}`;
}

/** Bytes in memory, under the name `/a.tar`. */
export function stored(bytes: Uint8Array): StoredBytes {
  return {
    name: "/a.tar",
    size: bytes.length,
    async *read(offset, length) {
      yield bytes.subarray(offset, offset + length);
    },
  };
}
