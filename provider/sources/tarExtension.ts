import { type PaxRecords, parsePax } from "./pax";

/** What entries of a tar say of the one that comes next: PAX headers, and GNU's long names. */
export interface TarExtension {
  readonly path?: string;
  readonly linkpath?: string;
  readonly pax?: PaxRecords;
  /** Of all that come after it. */
  readonly everyPax?: PaxRecords;
}

const readers: Readonly<Record<string, (content: Buffer, what: string) => TarExtension>> = {
  ExtendedHeader: (content, what) => ({ pax: parsePax(content, what) }),
  GlobalExtendedHeader: (content, what) => ({ everyPax: parsePax(content, what) }),
  NextFileHasLongPath: (content) => ({ path: gnuText(content) }),
  OldGnuLongPath: (content) => ({ path: gnuText(content) }),
  NextFileHasLongLinkpath: (content) => ({ linkpath: gnuText(content) }),
};

/** Whether an entry of this type is no file but speaks of the next one. */
export function isTarExtension(type: string): boolean {
  return Object.hasOwn(readers, type);
}

/**
 * Reads the content of such an entry.
 * @param type - of the entry; of another one nothing is read.
 * @param content - without its padding.
 * @param what - names it in messages.
 * @throws ERR_CONTENT_INVALID as `parsePax`.
 */
export function readTarExtension(type: string, content: Buffer, what: string): TarExtension {
  return readers[type]?.(content, what) ?? {};
}

function gnuText(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
}
