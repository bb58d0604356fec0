import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";

// A provider process of the engine, with one new resource. What goes in and what comes out is told in provider.ts.

const { handler: name, phase, program, earlier } = JSON.parse(readFileSync(0, "utf8"));
const { [name]: handler } = await import("../bin/provider/index.js");
await handler.configure({ config: { get: () => undefined } });
if (earlier) await make(earlier);
const idleBytes = process.memoryUsage.rss();
const startMs = performance.now();

await make(program);

const workMs = performance.now() - startMs;
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ startMs, workMs, idleBytes, peakBytes }));
// The engine ends the process, too: idle connections would keep it for some seconds.
process.exit();

async function make(resource) {
  const { inputs, failures } = await handler.check(
    {},
    { ...resource, resourceUrn: "urn:pulumi:bench::bench::index::bench" },
  );
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
  if (phase === "update") await handler.create(inputs);
}
