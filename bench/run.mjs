import { buildGoTool } from "../tools/goTools.mjs";
import { findCommand, root, run, say, withTools } from "../tools/process.mjs";
import { prepareQuickstart } from "../tools/setup.mjs";

// npm run bench -- [section…] [--rounds=N] [--write]: what bench/main.ts says.
try {
  if (!findCommand("time")) throw new Error("Memory is measured with GNU time: install the package `time`.");
  await prepareQuickstart();
  const { provideNeedsOf } = await import("../tools/needs.mjs");
  await provideNeedsOf(["bench/main.ts", "tests/pulumi/clients.ts"]);
  await buildGoTool("peers/buildx");
  const main = ["--require", "ts-node/register/transpile-only", "bench/main.ts", ...process.argv.slice(2)];
  process.exitCode = await run(process.execPath, main, { cwd: root, env: withTools() });
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
