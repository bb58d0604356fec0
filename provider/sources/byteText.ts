/**
 * The text of a file's name. Names are bytes, by convention in UTF-8. A byte that is none becomes one character of U+DC80 to
 * U+DCFF, which no UTF-8 yields: every name has a text of its own, and {@link bytesOfText} gives its bytes.
 */
export function textOfBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: string[] = [];
  let valid = 0;
  let at = 0;
  while (at < buffer.length) {
    const length = sequenceLength(buffer, at);
    if (length > 0) {
      at += length;
      continue;
    }
    parts.push(buffer.toString("utf8", valid, at), String.fromCharCode(escapeBase + (buffer[at] ?? 0)));
    at += 1;
    valid = at;
  }
  parts.push(buffer.toString("utf8", valid));
  return parts.join("");
}

/** The bytes of a file's name, whose text came from {@link textOfBytes} or was typed. */
export function bytesOfText(text: string): Buffer {
  if (!isEscaped(text)) return Buffer.from(text);
  const parts = text.split(/([\udc80-\udcff])/u);
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part) : Buffer.from([part.charCodeAt(0) - escapeBase]))),
  );
}

/** Whether a text stands for bytes that are no UTF-8. */
export function isEscaped(text: string): boolean {
  return /[\udc80-\udcff]/u.test(text);
}

/** The text with a mark for each byte that is no UTF-8, for fields that hold characters alone. */
export function plainText(text: string): string {
  return text.replace(/[\udc80-\udcff]/gu, "_");
}

/** The path as Node's file system functions take it: bytes, where no text can name the file. */
export function systemPath(path: string): string | Buffer {
  return isEscaped(path) ? bytesOfText(path) : path;
}

const escapeBase = 0xdc00;

/** How many bytes a character of UTF-8 has that begins here; 0 for none. @see https://www.rfc-editor.org/rfc/rfc3629#section-4 */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const [first = 0, second = 0] = [bytes[at], bytes[at + 1]];
  if (first < 0x80) return 1;
  const length = first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  for (let next = 1; next < length; next++) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  const isOutside =
    (first === 0xe0 && second < 0xa0) ||
    (first === 0xed && second > 0x9f) ||
    (first === 0xf0 && second < 0x90) ||
    (first === 0xf4 && second > 0x8f);
  return isOutside ? 0 : length;
}
