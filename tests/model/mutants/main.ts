import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { type Mutant, mutants } from "./mutants";
import { place } from "./place";

/**
 * Puts each fault into the provider and looks whether the model sees it: first by the hand-written histories, then by random ones.
 * `npm run test:mutants -- [--limit N] [--seed S] [--only TEXT]`; without `--limit`, 3,000 random histories at most.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      limit: { type: "string", default: "3000" },
      seed: { type: "string", default: "1" },
      only: { type: "string", default: "" },
    },
  });
  const chosen = mutants.filter(({ number, fault }) => `${number}: ${fault}`.includes(values.only));
  // All of them first: a text that is not found is told at once.
  const placed = chosen.map((mutant) => ({ mutant, patches: place(mutant) }));
  let survivors = 0;
  for (const { mutant, patches } of placed) {
    const caught = await catchers(JSON.stringify(patches), [values.limit, values.seed]);
    if (caught === "") survivors++;
    console.log(`${caught === "" ? "✗" : "✓"} ${describe(mutant)}\n    ${caught || "nothing sees it"}`);
  }
  console.log(`\n${chosen.length - survivors} of ${chosen.length} are seen`);
  process.exitCode = survivors === 0 ? 0 : 1;
}

function describe({ number, fault }: Mutant): string {
  return `${number} ${fault}`;
}

async function catchers(patches: string, args: readonly string[]): Promise<string> {
  const script = ["--require", join(__dirname, "preload.cjs"), join(__dirname, "catchMutant.ts"), ...args];
  const env = { ...process.env, MODEL_PATCHES: patches };
  const child = spawn(process.execPath, script, { env, stdio: ["ignore", "pipe", "inherit"] });
  return (await text(child.stdout)).trim();
}

void main();
