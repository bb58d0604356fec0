import { invalidContent } from "../oci/json";

/** What a PAX header says of the entry after it, as far as it matters for finding the entry's bytes. */
export interface PaxRecords {
  readonly path?: string;
  readonly linkpath?: string;
  /** In bytes. */
  readonly size?: number;
}

/**
 * Parses the records of a PAX extended header, each `<length> <key>=<value>\n`.
 * @param records - the header's whole content.
 * @param what - names the header in messages.
 * @throws ERR_CONTENT_INVALID for records that are not of this form, for a key that is there twice, and for sparse files.
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_03
 */
export function parsePax(records: Buffer, what: string): PaxRecords {
  const found = new Map<string, string>();
  for (let offset = 0; offset < records.length; ) {
    const [key, value, length] = readRecord(records.subarray(offset), what);
    if (key.startsWith("GNU.sparse."))
      throw invalidContent(what, "declares a sparse file; make the archive without sparse files");
    if (found.has(key)) throw invalidContent(what, `has ${JSON.stringify(key)} twice`);
    found.set(key, value);
    offset += length;
  }
  const [path, linkpath, size] = ["path", "linkpath", "size"].map((key) => found.get(key));
  return {
    ...(path !== undefined && { path }),
    ...(linkpath !== undefined && { linkpath }),
    ...(size !== undefined && { size: parseSize(size, what) }),
  };
}

const longestLengthField = 8;

function readRecord(rest: Buffer, what: string): readonly [key: string, value: string, length: number] {
  const space = rest.subarray(0, longestLengthField).indexOf(" ");
  const digits = rest.subarray(0, Math.max(space, 0)).toString("latin1");
  const length = /^[1-9]\d*$/.test(digits) ? Number(digits) : 0;
  const record = rest.subarray(space + 1, length).toString("utf8");
  const equals = record.indexOf("=");
  if (length > rest.length || equals < 1 || !record.endsWith("\n")) throw invalidContent(what, "is malformed");
  return [record.slice(0, equals), record.slice(equals + 1, -1), length];
}

function parseSize(text: string, what: string): number {
  const size = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  throw invalidContent(what, `has the size ${JSON.stringify(text.slice(0, 40))}, which is not a number of bytes`);
}
