import { parseArgs } from "node:util";
import { trace } from "./history";
import { describe } from "./print";
import { findCounterexample, properties } from "./random";
import { rows } from "./rows/all";
import { runRow } from "./rows/row";

// What run.mjs says.

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "200" },
      seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
      about: { type: "string", default: "" },
      history: { type: "string" },
    },
  });
  if (values.history === undefined) await runRandom(Number(values.runs), Number(values.seed), values.about);
  else await showHistory(values.history);
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

async function runRandom(runs: number, seed: number, about: string): Promise<void> {
  for (const [title, property] of Object.entries(properties)) {
    const start = performance.now();
    const counterexample = await findCounterexample(property, { runs, seed, about });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(
      `\n${counterexample === undefined ? "✓" : "✗"} ${title} (${runs} histories, seed ${seed}, ${seconds} s)`,
    );
    if (counterexample === undefined) continue;
    console.log(counterexample);
    process.exitCode = 1;
  }
}

void main();
