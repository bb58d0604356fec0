import { textOfBytes } from "./byteText";

/** The fields of a tar's header block that matter here, of the forms v7, ustar, GNU and PAX. */
export interface TarHeaderBlock {
  /** The type flag: `0` a file, `1` a hard link, `2` a symbolic link, `5` a folder, `x` a PAX header and so on. */
  readonly type: string;
  readonly name: string;
  readonly linkname: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of the content, in bytes; 0 for types that have none, whatever the block says. */
  readonly size: number;
  /** Whether the map of a sparse file in GNU's old form goes on in the block after it. */
  readonly isMapContinued: boolean;
}

/** The size of a header block, and what contents are padded to a multiple of, in bytes. */
export const blockSize = 512;

/** A content with its padding, in bytes. */
export function paddedSize(size: number): number {
  return Math.ceil(size / blockSize) * blockSize;
}

/**
 * Decodes a header block, as Go's archive/tar does, which container runtimes read layers with.
 * @param block - 512 bytes.
 * @returns `undefined` for what is no header: a wrong checksum, or a number that is none.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 * @see https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export function decodeTarHeader(block: Buffer): TarHeaderBlock | undefined {
  if (!hasItsChecksum(block)) return undefined;
  const numbers = {
    mode: numberAt(block, 100, 8),
    uid: numberAt(block, 108, 8),
    gid: numberAt(block, 116, 8),
    size: numberAt(block, 124, 12),
  };
  const areNumbers = Object.values(numbers).every(Number.isSafeInteger) && numbers.size >= 0;
  if (!areNumbers) return undefined;
  const name = nameOf(block);
  const type = typeOf(block.toString("latin1", 156, 157), name);
  const size = contentless.test(type) ? 0 : numbers.size;
  const isMapContinued = type === "S" && block[482] !== 0;
  return { type, name, linkname: textAt(block, 157, 100), ...numbers, size, isMapContinued };
}

/** Whether the map goes on after a block of it. */
export function isMapBlockContinued(block: Buffer): boolean {
  return block[504] !== 0;
}

const contentless = /^[1-6]$/;

function typeOf(flag: string, name: string): string {
  if (flag !== "\0" && flag !== "0") return flag;
  // Before ustar a folder was known by its name.
  return name.endsWith("/") ? "5" : "0";
}

function nameOf(block: Buffer): string {
  const name = textAt(block, 0, 100);
  // GNU's own form has other fields where ustar has the prefix.
  if (block.toString("latin1", 257, 263) !== "ustar\0") return name;
  const isStar = block.toString("latin1", 508, 512) === "tar\0";
  const prefix = textAt(block, 345, isStar ? 131 : 155);
  return prefix === "" ? name : `${prefix}/${name}`;
}

function textAt(block: Buffer, offset: number, length: number): string {
  const field = block.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return textOfBytes(end < 0 ? field : field.subarray(0, end));
}

/** Octal digits, or a binary number in GNU's form; not a number for anything else. */
function numberAt(block: Buffer, offset: number, length: number): number {
  const field = block.subarray(offset, offset + length);
  if (((field[0] ?? 0) & 0x80) !== 0) return binaryNumber(field);
  const text = field.toString("latin1").replace(/^[ \0]+/, "");
  const [digits = ""] = text.split("\0", 1);
  const number = digits.trimEnd();
  if (number === "") return 0;
  return /^[0-7]+$/.test(number) ? Number.parseInt(number, 8) : Number.NaN;
}

/** Two's complement; the topmost bit only marks the form. */
function binaryNumber(field: Buffer): number {
  const isNegative = ((field[0] ?? 0) & 0x40) !== 0;
  let number = BigInt((field[0] ?? 0) & 0x3f) - (isNegative ? 64n : 0n);
  for (const byte of field.subarray(1)) number = number * 256n + BigInt(byte);
  return Number(number);
}

/** The sum of all bytes, with spaces in the checksum's place; some old writers summed signed bytes. */
function hasItsChecksum(block: Buffer): boolean {
  const told = numberAt(block, 148, 8);
  let [unsigned, signed] = [0, 0];
  block.forEach((byte, index) => {
    const counted = index >= 148 && index < 156 ? 0x20 : byte;
    unsigned += counted;
    signed += counted > 127 ? counted - 256 : counted;
  });
  return told === unsigned || told === signed;
}
