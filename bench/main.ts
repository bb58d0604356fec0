import { parseArgs } from "node:util";
import { compareIndexes } from "./indexes";
import { describeMachine } from "./machine";
import { writeSection } from "./markdown";
import { measureMemory } from "./memory";
import { compareCopies, comparePushes } from "./push";
import { measureScale } from "./scale";

// npm run bench -- [section…] [--rounds=N] [--write]
// Measures all sections or those named, prints them in Markdown, and with --write puts them into docs/benchmarks.md.

const sections: Readonly<Record<string, (rounds: number) => Promise<string>>> = {
  "indexes-2": (rounds) => compareIndexes(2, rounds),
  "indexes-3": (rounds) => compareIndexes(3, rounds),
  "push-2": (rounds) => comparePushes(2, rounds),
  "push-3": (rounds) => comparePushes(3, rounds),
  "copy-2": (rounds) => compareCopies(2, rounds),
  "copy-3": (rounds) => compareCopies(3, rounds),
  memory: measureMemory,
  scale: measureScale,
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: "string", default: "7" }, write: { type: "boolean", default: false } },
  });
  for (const name of positionals.length > 0 ? positionals : Object.keys(sections)) {
    const measure = sections[name];
    if (measure === undefined)
      throw new Error(`There is no section ${name}, only ${Object.keys(sections).join(", ")}.`);
    const content = `${await measure(Number(values.rounds))}\n\nMeasured on ${describeMachine()}`;
    console.log(`\n## ${name}\n\n${content}`);
    if (values.write) writeSection(name, content);
  }
}

void main();
