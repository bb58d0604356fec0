import { parseArgs } from "node:util";
import { trace } from "./history";
import { describe } from "./print";
import { type Options, properties } from "./random";
import { rows } from "./rows/all";
import { runRow } from "./rows/row";

// The message of run.mjs.

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "200" },
      seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
      about: { type: "string", default: "" },
      kinds: { type: "string", default: "1" },
      steps: { type: "string", default: "12" },
      history: { type: "string" },
    },
  });
  const { about, history } = values;
  const number = (name: "runs" | "seed" | "kinds" | "steps") => Number(values[name]);
  const numbers = { runs: number("runs"), seed: number("seed"), kinds: number("kinds"), steps: number("steps") };
  if (history === undefined) await runRandom({ about, ...numbers });
  else await showHistory(history);
}

async function showHistory(name: string): Promise<void> {
  const row = rows.find((one) => one.name === name);
  if (row === undefined)
    throw new Error(`There is no history ${name}, only ${rows.map((one) => one.name).join(", ")}.`);
  const { violations, lab } = await runRow(row);
  console.log(`${row.number}: ${row.promise}\n\n${describe(row.history)}\n\n${trace(lab)}\n`);
  console.log(violations.length === 0 ? "green" : `red\n${violations.map((text) => `   ✗ ${text}`).join("\n")}`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}

async function runRandom(options: Options): Promise<void> {
  for (const [title, find] of Object.entries(properties)) {
    const start = performance.now();
    const counterexamples = await find(options);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const mark = counterexamples.length === 0 ? "✓" : "✗";
    console.log(`\n${mark} ${title} (${options.runs} histories, seed ${options.seed}, ${seconds} s)`);
    for (const counterexample of counterexamples) console.log(`\n${counterexample}`);
    if (counterexamples.length > 0) process.exitCode = 1;
  }
}

void main();
