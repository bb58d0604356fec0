import { basename } from "node:path/posix";
import { Header } from "tar";
import { invalidContent } from "../oci/json";
import { bytesOfText, textOfBytes } from "./byteText";
import { blockSize } from "./tarHeader";

/** Extended header records by keyword. Values are bytes, one character (code 0 to 255) each. */
export type PaxRecords = Readonly<Record<string, string>>;

/**
 * Encodes a PAX extended header: its own header block, and the records in the given order, padded to whole blocks.
 * @param records - at least one.
 * @param of - the header of the entry that it belongs to.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_03
 */
export function encodePax(
  records: PaxRecords,
  of: {
    readonly path: string;
    readonly uid: number;
    readonly gid: number;
    readonly mtime: Date;
  },
): Uint8Array {
  const body = Buffer.from(Object.entries(records).map(encodeRecord).join(""), "latin1");
  const result = Buffer.alloc(blockSize + Math.ceil(body.length / blockSize) * blockSize);
  const path = `PaxHeader/${basename(of.path)}`.slice(0, 99);
  new Header({ ...of, path, mode: 0o644, size: body.length, type: "ExtendedHeader" }).encode(result);
  body.copy(result, blockSize);
  return result;
}

/** The bytes of a name, as the value of a record. */
export function paxText(text: string): string {
  return bytesOfText(text).toString("latin1");
}

/** The name whose bytes a record's value has. */
export function textOfPax(value: string): string {
  return textOfBytes(Buffer.from(value, "latin1"));
}

// The length counts its own digits.
function encodeRecord([keyword, value]: readonly [string, string]): string {
  const rest = ` ${keyword}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

/**
 * Parses the records of a PAX extended header.
 * @param body - without its header block and padding.
 * @param what - names the tar in messages.
 * @throws ERR_CONTENT_INVALID when a record's length does not fit.
 */
export function parsePax(body: Uint8Array, what: string): PaxRecords {
  const text = Buffer.from(body).toString("latin1");
  const records = new Map<string, string>();
  for (let at = 0; at < text.length; ) {
    const space = text.indexOf(" ", at);
    const digits = text.slice(at, space);
    const end = at + Number(digits);
    const equals = text.indexOf("=", space);
    const isWhole = space > at && /^\d{1,10}$/.test(digits) && end <= text.length && text[end - 1] === "\n";
    if (!isWhole || equals < 0 || equals >= end) throw invalidContent(what, "has a malformed PAX record");
    records.set(text.slice(space + 1, equals), text.slice(equals + 1, end - 1));
    at = end;
  }
  return Object.fromEntries(records);
}
