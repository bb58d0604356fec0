import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const page = join(__dirname, "../docs/benchmarks.md");

/**
 * A table.
 * @param columns - their headings; the first is of text, the others are of numbers.
 */
export function table(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(columns), line(columns.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** A number of bytes in whole MiB. */
export function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}

/**
 * Puts a text into docs/benchmarks.md, between the two comments that name it.
 * @throws when the page has no such comments.
 */
export function writeSection(name: string, content: string): void {
  const before = `<!-- bench: ${name} -->`;
  const after = `<!-- end of ${name} -->`;
  const document = readFileSync(page, "utf8");
  const from = document.indexOf(before);
  const to = document.indexOf(after);
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md lacks ${before} … ${after}.`);
  writeFileSync(page, `${document.slice(0, from + before.length)}\n\n${content}\n\n${document.slice(to)}`);
}
