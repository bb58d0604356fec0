import { root, run } from "../../tools/process.mjs";

// npm run test:fuzz -- [--inputs N] [--seed S]
// Gives random inputs to every parser: no foreign error, at most 50 ms and 64 MiB for each.
const typescript = ["--require", "ts-node/register/transpile-only"];
process.exitCode = await run(process.execPath, [...typescript, "tests/fuzz/main.ts", ...process.argv.slice(2)], {
  cwd: root,
});
