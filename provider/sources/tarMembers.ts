import { Header } from "tar";
import { invalidContent } from "../oci/json";
import { quote } from "../oci/quote";
import { type MemberRecords, memberRecords } from "./memberRecords";
import { readPart, type StoredBytes } from "./storedBytes";
import { isTarExtension, readTarExtension } from "./tarExtension";

/** One member of a tar and where its content lies. The name is what the tar says: nothing has been checked about it. */
export interface TarMember {
  readonly name: string;
  readonly kind: "file" | "folder" | "symbolicLink";
  /** Where the content begins in the tar, in bytes. */
  readonly offset: number;
  /** The content's size in bytes. */
  readonly size: number;
  /** What a symbolic link points to. */
  readonly target?: string;
}

const blockSize = 512;
// A header's content is held in memory; a name or a few numbers need no more.
const longestExtension = 64 * 1024;
// What the size field of a plain header can hold: beyond it, a PAX header may say what the plain one cannot.
const largestPlainSize = 0o77777777777;

/**
 * Lists the members of a tar: reads the headers alone, of ustar, PAX and GNU form, and steps over the contents.
 * @param bytes - the whole tar.
 * @returns files, folders and symbolic links in their order; each file's content lies within `bytes`.
 * @throws ERR_CONTENT_INVALID for a tar that is cut short or malformed, and for hard links, devices, pipes, sparse files and
 * two headers that tell different sizes; what reading throws.
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06
 */
export async function* readTarMembers(bytes: StoredBytes): AsyncGenerator<TarMember> {
  let records: MemberRecords = {};
  for (let position = 0; ; ) {
    const header = await readHeader(bytes, position);
    if (header === undefined) return;
    const offset = position + blockSize;
    const what = `${bytes.name}: member ${quote(records.path ?? header.path)}`;
    const size = sizeOf(header, records, what);
    if (offset + size > bytes.size) throw beyondEnd(what, size, bytes.size - offset);
    position = offset + Math.ceil(size / blockSize) * blockSize;
    if (isTarExtension(header.type)) {
      records = { ...records, ...(await readRecords(bytes, header, offset, size, what)) };
      continue;
    }
    yield memberOf(header, records, offset, size, what);
    records = {};
  }
}

/** A header's fields that matter here. */
type PlainHeader = Pick<Header, "type"> & { readonly path: string; readonly linkpath: string; readonly size: number };

/** @returns `undefined` at the end mark. */
async function readHeader(bytes: StoredBytes, position: number): Promise<PlainHeader | undefined> {
  if (position + blockSize > bytes.size) throw cutShort(bytes);
  const block = await readPart(bytes, position, blockSize);
  const { cksumValid, nullBlock, type, path, linkpath, size } = decode(block, bytes, position);
  if (nullBlock) {
    const isEnd =
      position + 2 * blockSize > bytes.size || isZero(await readPart(bytes, position + blockSize, blockSize));
    if (isEnd) return undefined;
    throw notTar(bytes, position);
  }
  if (!cksumValid || path === undefined || size === undefined) throw notTar(bytes, position);
  return { type, path, linkpath: linkpath ?? "", size };
}

function decode(block: Buffer, bytes: StoredBytes, position: number): Header {
  try {
    return new Header(block);
  } catch {
    throw notTar(bytes, position);
  }
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

function sizeOf({ size: plain, type }: PlainHeader, { size }: MemberRecords, what: string): number {
  if (size === undefined || isTarExtension(type) || size === plain) return plain;
  if (size > largestPlainSize) return size;
  throw invalidContent(what, `has the size ${plain} in one header and ${size} in another`);
}

/** What an entry that is no member says of the next one. */
async function readRecords(
  bytes: StoredBytes,
  { type }: PlainHeader,
  offset: number,
  size: number,
  what: string,
): Promise<MemberRecords> {
  if (size > longestExtension) throw invalidContent(what, `is a header of ${size} bytes; ${longestExtension} are read`);
  const content = await readPart(bytes, offset, size);
  const { pax = {}, everyPax = {}, ...names } = readTarExtension(type, content, what);
  if (Object.keys(memberRecords(everyPax, what)).length > 0)
    throw invalidContent(what, "is a global header that speaks of names or sizes; make the archive without it");
  return { ...names, ...memberRecords(pax, what) };
}

const kinds: Readonly<Record<string, TarMember["kind"]>> = {
  File: "file",
  OldFile: "file",
  ContiguousFile: "file",
  Directory: "folder",
  SymbolicLink: "symbolicLink",
};

function memberOf(header: PlainHeader, records: MemberRecords, offset: number, size: number, what: string): TarMember {
  const kind = kinds[header.type];
  if (kind === undefined)
    throw invalidContent(
      what,
      `is of the type ${header.type}; an image's archive has files, folders and symbolic links`,
    );
  if (kind === "symbolicLink" && size > 0) throw invalidContent(what, "is a symbolic link that has a content");
  const name = records.path ?? header.path;
  const target = records.linkpath ?? header.linkpath;
  return { name, kind, offset, size, ...(kind === "symbolicLink" && { target }) };
}

function cutShort({ name, size }: StoredBytes) {
  return invalidContent(name, `ends after ${size} bytes without a tar's end mark: it was cut short; make it again`);
}

function beyondEnd(what: string, size: number, left: number) {
  return invalidContent(
    what,
    `declares ${size} bytes, but only ${left} are left: the archive was cut short; make it again`,
  );
}

function notTar({ name }: StoredBytes, position: number) {
  return invalidContent(name, `has no tar header at offset ${position}: it is damaged, or no tar; make it again`);
}
