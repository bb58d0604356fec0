import { invalidContent } from "../oci/json";
import { quote } from "../oci/quote";
import { textOfBytes } from "./byteText";
import { type PaxRecords, parsePax, textOfPax } from "./pax";
import { decodeTarHeader, isMapBlockContinued, type TarHeaderBlock } from "./tarHeader";

/** A tar's bytes, from the first to the last. */
export interface TarInput {
  /** Where the next block begins, in bytes. */
  position(): number;
  /** How many bytes are left; `undefined` when only the end will tell. */
  left(): number | undefined;
  /** The next block; `undefined` at the end. */
  block(): Promise<Buffer | undefined>;
  /** A content of so many bytes, without the padding after it. */
  content(size: number): Promise<Buffer>;
  /** Passes over a content and its padding. */
  skip(size: number): Promise<void>;
}

/** One entry of a tar, with everything that is said before it about it. */
export interface TarEntryHeader extends Omit<TarHeaderBlock, "linkname" | "isMapContinued"> {
  readonly linkpath: string;
  /** Where the content begins in the tar, in bytes. */
  readonly offset: number;
  /** Whether the content is a part of the file alone, and the rest of it zeros. */
  readonly isSparse: boolean;
  /** Extended attributes and Windows' own, by the names of PAX. */
  readonly attributes: PaxRecords;
}

// Names, attributes, security descriptors.
const extensionLimit = 1024 * 1024;
/** The most that names, links and attributes of all entries may have together, in characters. */
const textLimit = 32 * 1024 * 1024;
// The largest size that a plain header can hold: beyond it, a PAX header has the size.
const largestPlainSize = 0o77777777777;

/**
 * Reads the headers of a tar, of ustar, PAX and GNU form, and passes over the contents. The end is proved: a tar ends with blocks
 * of zeros, or where its last entry ends, and nowhere else.
 * @param what - names the tar in messages.
 * @throws ERR_CONTENT_INVALID for what is no tar or is cut short; two headers that tell different sizes; a header of more than 1 MiB,
 * and names of more than 32 Mi characters in all; what the input throws.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */
export async function* readTarEntries(
  input: TarInput,
  what: string,
): AsyncGenerator<TarEntryHeader, { readonly hasEndMark: boolean }> {
  let extension: Extension = {};
  let held = 0;
  for (;;) {
    const position = input.position();
    const block = await input.block();
    if (block === undefined && extension.isOpen) throw invalidContent(what, "ends after a header without its entry");
    if (block === undefined) return { hasEndMark: false };
    if (isZero(block)) {
      const next = await input.block();
      if (next === undefined || isZero(next)) return { hasEndMark: true };
      throw notTar(what, position);
    }
    const header = decodeTarHeader(block);
    if (header === undefined) throw notTar(what, position);
    const { type } = header;
    if (isExtension(type)) {
      extension = { ...extension, ...(await readExtension(input, header, what)), isOpen: true };
      continue;
    }
    const entry = await describe(input, header, extension, what);
    extension = {};
    held += entry.name.length + entry.linkpath.length + lengthOf(entry.attributes);
    if (held > textLimit) throw invalidContent(what, `has names of more than ${textLimit} characters in all`);
    requireLeft(input, entry.size, entryName(what, entry.name));
    yield entry;
    await input.skip(entry.size);
  }
}

/** The fields that the headers before an entry set for it. */
interface Extension {
  readonly isOpen?: boolean;
  readonly path?: string;
  readonly linkpath?: string;
  readonly pax?: PaxRecords;
}

const extensions: Readonly<Record<string, (content: Buffer, what: string) => Extension>> = {
  x: (content, what) => ({ pax: parsePax(content, what) }),
  X: (content, what) => ({ pax: parsePax(content, what) }),
  // Of all entries that come: container runtimes pass over it, and so is done here.
  g: () => ({}),
  L: (content) => ({ path: gnuText(content) }),
  N: (content) => ({ path: gnuText(content) }),
  K: (content) => ({ linkpath: gnuText(content) }),
};

function isExtension(type: string): boolean {
  return Object.hasOwn(extensions, type);
}

async function readExtension(input: TarInput, { type, name, size }: TarHeaderBlock, what: string): Promise<Extension> {
  const header = entryName(what, name);
  if (size > extensionLimit) throw invalidContent(header, `is a header of ${size} bytes; ${extensionLimit} are read`);
  requireLeft(input, size, header);
  return extensions[type]?.(await input.content(size), header) ?? {};
}

function gnuText(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return textOfBytes(end < 0 ? bytes : bytes.subarray(0, end));
}

async function describe(
  input: TarInput,
  header: TarHeaderBlock,
  { path, linkpath, pax = {} }: Extension,
  what: string,
): Promise<TarEntryHeader> {
  const { path: paxPath, linkpath: paxLink, "GNU.sparse.name": sparseName } = pax;
  const longPath = sparseName ?? paxPath;
  const name = longPath === undefined ? (path ?? header.name) : textOfPax(longPath);
  const { linkname, isMapContinued, ...fields } = header;
  const entry = entryName(what, name);
  await passSparseMap(input, isMapContinued, entry);
  return {
    ...fields,
    name,
    linkpath: paxLink === undefined ? (linkpath ?? linkname) : textOfPax(paxLink),
    size: sizeOf(header, pax, entry),
    uid: idOf(pax["uid"]) ?? header.uid,
    gid: idOf(pax["gid"]) ?? header.gid,
    offset: input.position(),
    isSparse: header.type === "S" || Object.keys(pax).some((keyword) => keyword.startsWith("GNU.sparse.")),
    attributes: attributesOf(pax),
  };
}

/** The map of a sparse file in GNU's old form goes on in blocks between header and content. */
async function passSparseMap(input: TarInput, isContinued: boolean, entry: string): Promise<void> {
  while (isContinued) {
    const block = await input.block();
    if (block === undefined) throw invalidContent(entry, "is a sparse file that was cut short");
    isContinued = isMapBlockContinued(block);
  }
}

function sizeOf({ size: plain }: TarHeaderBlock, { size: text }: PaxRecords, entry: string): number {
  if (text === undefined) return plain;
  const size = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(size))
    throw invalidContent(entry, `has the size ${quote(text)}, which is not a number of bytes`);
  if (size === plain || size > largestPlainSize) return size;
  throw invalidContent(entry, `has the size ${plain} in one header and ${size} in another`);
}

function idOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const keptRecords = /^(SCHILY\.xattr\.|MSWINDOWS\.|LIBARCHIVE\.creationtime$)/;

function attributesOf(pax: PaxRecords): PaxRecords {
  const kept = Object.entries(pax).filter(([keyword]) => keptRecords.test(keyword));
  // Copies, so that they do not keep the whole header in memory.
  const copies = kept.map(([keyword, value]) => [keyword, Buffer.from(value, "latin1").toString("latin1")] as const);
  return Object.fromEntries(copies.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function lengthOf(records: PaxRecords): number {
  return Object.entries(records).reduce((sum, [keyword, value]) => sum + keyword.length + value.length, 0);
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

function requireLeft(input: TarInput, size: number, entry: string): void {
  const left = input.left();
  if (left !== undefined && size > left)
    throw invalidContent(entry, `declares ${size} bytes, but only ${left} are left: it was cut short; make it again`);
}

function entryName(what: string, name: string): string {
  return `${what}: member ${quote(name)}`;
}

function notTar(what: string, position: number) {
  return invalidContent(what, `has no tar header at offset ${position}: it is damaged, or no tar; make it again`);
}
