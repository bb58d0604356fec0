import { Header } from "tar";
import { invalidContent } from "../oci/json";
import { createBlockReader } from "./blockReader";
import { type PaxRecords, textOfPax } from "./pax";
import { isTarExtension, readTarExtension, type TarExtension } from "./tarExtension";

/** What the header of a layer's entry says that matters to later layers. */
export interface TarHeader {
  /** Hard links count as files, and so do devices and pipes. */
  readonly type: "folder" | "link" | "file";
  /** Relative to the image's root, without `.` segments and slashes at either end; empty for the root itself. */
  readonly name: string;
  /** Permission bits, and what else the header has above them. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** What a symbolic link holds. */
  readonly linkpath?: string;
  /** Extended attributes and Windows' own; absent when there are none. */
  readonly pax?: PaxRecords;
}

// What a header may say of itself in extension entries: names, attributes, security descriptors.
const extensionLimit = 1024 * 1024;
const entryLimit = 1_000_000;

/**
 * Reads the headers of a tar, none of its contents.
 * @param chunks - the tar; read to its end.
 * @param what - names the tar in messages.
 * @throws ERR_CONTENT_INVALID for what is no tar, is cut short, or has over 1,000,000 entries or 1 MiB in one header;
 * what reading throws.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md
 */
export async function readTarHeaders(chunks: AsyncIterable<Uint8Array>, what: string): Promise<readonly TarHeader[]> {
  const reader = createBlockReader(chunks, what);
  const headers: TarHeader[] = [];
  let next: TarExtension = {};
  let everyNext: PaxRecords = {};
  for (;;) {
    const block = await reader.block();
    if (block === undefined || block.every((byte) => byte === 0)) break;
    const records = { ...everyNext, ...next.pax };
    const header = decode(block, records, what);
    const size = header.size ?? 0;
    if (isTarExtension(header.type)) {
      if (size > extensionLimit) throw invalidContent(what, `has a header of ${size} bytes`);
      const { everyPax, ...extension } = readTarExtension(header.type, await reader.content(size), what);
      everyNext = { ...everyNext, ...everyPax };
      next = { ...next, ...extension };
      continue;
    }
    await reader.skip(size);
    if (headers.length >= entryLimit) throw invalidContent(what, `has more than ${entryLimit} entries`);
    headers.push(describe(header, next, records));
    next = {};
  }
  await reader.drain();
  return headers;
}

function decode(block: Buffer, records: PaxRecords, what: string): Header {
  const { size, uid, gid } = records;
  const numbers = Object.entries({ size, uid, gid }).filter(([, value]) => /^\d{1,15}$/.test(value ?? ""));
  const header = new Header(block, 0, Object.fromEntries(numbers.map(([name, value]) => [name, Number(value)])));
  if (!header.cksumValid) throw invalidContent(what, "is not a tar: a header's checksum is wrong");
  return header;
}

function describe(header: Header, extension: TarExtension, records: PaxRecords): TarHeader {
  const { path: paxPath, linkpath: paxLink } = records;
  const path = paxPath === undefined ? (extension.path ?? header.path ?? "") : textOfPax(paxPath);
  const linkpath = paxLink === undefined ? (extension.linkpath ?? header.linkpath ?? "") : textOfPax(paxLink);
  const kept = Object.entries(records).filter(([keyword]) => keptRecords.test(keyword));
  const type = typeOf(header);
  return {
    type,
    name: segmentsOf(path).join("/"),
    mode: header.mode ?? 0,
    uid: header.uid ?? 0,
    gid: header.gid ?? 0,
    ...(type === "link" && { linkpath }),
    ...(kept.length > 0 && { pax: Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1))) }),
  };
}

const keptRecords = /^(SCHILY\.xattr\.|MSWINDOWS\.|LIBARCHIVE\.creationtime$)/;

function typeOf({ type }: Header): TarHeader["type"] {
  if (type === "Directory" || type === "GNUDumpDir") return "folder";
  return type === "SymbolicLink" ? "link" : "file";
}

// As container runtimes do: a name stays below the root, whatever it says.
function segmentsOf(path: string): readonly string[] {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return segments;
}
