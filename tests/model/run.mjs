import { root, run, say } from "../../tools/process.mjs";

// npm run test:model -- [--runs N] [--seed S] [--steps N] [--about TEXT] [--kinds K] [--history NAME]
// Runs the hand-written histories, then N random ones for each property. --steps: each has at least so many (12). --about: only violations with this text count. --kinds:
// after the first kind of violation, K - 1 others are looked for.
// --history: one of the hand-written ones, with everything that went over the wire.
const args = process.argv.slice(2);
const typescript = ["--require", "ts-node/register/transpile-only"];
let code = 0;
if (!args.some((arg) => arg.startsWith("--history"))) {
  say("Histories that once went wrong");
  code = await run("npx", ["--no-install", "mocha", "tests/model/*.test.ts"], { cwd: root });
  say("\nRandom histories");
}
code = (await run(process.execPath, [...typescript, "tests/model/main.ts", ...args], { cwd: root })) || code;
process.exitCode = code;
