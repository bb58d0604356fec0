/**
 * A text of a server, fit for a terminal: control characters but line feed and tab, and format characters such as those that
 * turn the writing direction, are left out.
 */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, "");
}

/** As {@link printable}, and on one line: each run of white space is one space. */
export function printableLine(text: string): string {
  return printable(text.replace(/\s+/gu, " "));
}

/**
 * JSON of a value, two spaces a level, with every control and format character escaped: a program reads the same value,
 * and a terminal obeys nothing.
 */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(/(?!\n)[\p{Cc}\p{Cf}]/gu, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
