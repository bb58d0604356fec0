import { parseArgs } from "node:util";
import { fuzz } from "./fuzz";

// The message of run.mjs.

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      inputs: { type: "string", default: "100000" },
      seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    },
  });
  const seed = Number(values.seed);
  const start = performance.now();
  const { inputs, faults } = await fuzz(seed, { inputs: Number(values.inputs) });
  console.log(
    `${inputs} inputs, seed ${seed}, ${Math.round((performance.now() - start) / 1000)} s, ${faults.length} faults`,
  );
  for (const { target, problem, input } of faults)
    console.log(`${target}: ${problem}\n   ${input.subarray(0, 3000).toString("base64")}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

void main();
