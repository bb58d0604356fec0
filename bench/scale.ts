import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { seedImage } from "../tests/registry/resources/seed";
import { countingProxy } from "../tests/support/countingProxy";
import { type CommandResult, createStack, type Stack } from "../tests/support/pulumi";
import { startRegistry } from "../tests/support/registries";
import { inNewFolder } from "./command";
import { mebibytes, table } from "./markdown";
import { watchProviderMemory } from "./providerMemory";
import { inTurn, median, times } from "./statistics";

type Rows = readonly (readonly [string, string])[];

const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7", "linux/ppc64le", "linux/riscv64", "linux/s390x"];
const indexCount = 200;
const resourceCount = 500;

/**
 * Runs stacks with the Pulumi CLI, `--parallel 16`, on distribution 3.
 * @param rounds - how often the previews of small programs are timed; the large stacks are run once.
 * @returns a table in Markdown.
 */
export async function measureScale(rounds: number): Promise<string> {
  const registry = await startRegistry({ version: 3 });
  try {
    const rows = [
      ...(await manyIndexes(registry.address)),
      ...(await manyResources(registry.address)),
      ...(await manyIdleResources()),
      ...(await smallPreviews(registry.address, rounds)),
    ];
    return table(["what", "measured"], rows);
  } finally {
    await registry.stop();
  }
}

/** Indexes over six images each that nobody else uses: whatever they have in common, requests are not. */
async function manyIndexes(registry: string): Promise<Rows> {
  await inTurn([...Array(indexCount + 1).keys()], (index) =>
    Promise.all(
      platforms.map((platform, tag) => seedImage(registry, `scale/${index}`, platform, { tag: `image-${tag}` })),
    ),
  );
  const proxy = await countingProxy(registry);
  try {
    const single = await inNewStack(indexProgram(proxy.address, indexCount, 1), async (stack) => {
      await timed(stack.up());
      return proxy.requests.length;
    });
    proxy.reset();
    return await inNewStack(indexProgram(proxy.address, 0, indexCount), async (stack) => {
      const memory = watchProviderMemory();
      const duration = await timed(stack.up());
      const peak = mebibytes(memory.stop());
      const { length: requests } = proxy.requests;
      const ratio = (requests / (indexCount * single)).toFixed(2);
      return [
        [`up of ${indexCount} indexes over six referenced images each`, seconds(duration)],
        ["… its requests", `${requests}, ${ratio} × ${indexCount} times those of one (${single})`],
        ["… peak memory of the provider's process", `${peak} MiB`],
      ];
    });
  } finally {
    await proxy.stop();
  }
}

function indexProgram(address: string, first: number, count: number): string {
  return `
const { MultiArchImage } = require("pulumi-multiarch");
for (let index = ${first}; index < ${first + count}; index++) {
  const repository = "scale/" + index;
  const images = [${platforms.map((_, tag) => tag)}].map((tag) => "${address}/" + repository + ":image-" + tag);
  new MultiArchImage("index-" + index, { registry: "${address}", repository, tags: ["1.0"], images });
}`;
}

/** Images from files, and an index over every four of them. */
async function manyResources(address: string): Promise<Rows> {
  return inNewFolder(async (folder) => {
    await Promise.all(
      [...Array(resourceCount).keys()].map((index) =>
        writeFile(join(folder, String(index)), `#!/bin/sh\n# ${randomUUID()}\n`),
      ),
    );
    return inNewStack(imageProgram(address, folder, resourceCount / 5), async (stack) => {
      const memory = watchProviderMemory();
      const first = await timed(stack.up());
      const peak = mebibytes(memory.stop());
      const again = await timed(stack.up());
      return [
        [`up of ${resourceCount} resources: images from files, and an index over every four`, seconds(first)],
        ["… peak memory of the provider's process", `${peak} MiB`],
        ["… once more, with nothing changed", seconds(again)],
      ];
    });
  });
}

/** @param groups - how many indexes, each over four images from the folder's files. */
function imageProgram(address: string, folder: string, groups: number): string {
  return `
const { MultiArchImage, PlatformImage } = require("pulumi-multiarch");
const platforms = ${JSON.stringify(platforms.slice(0, 4))};
for (let group = 0; group < ${groups}; group++) {
  const to = { registry: "${address}", repository: "groups/" + group };
  const images = platforms.map((platform, index) => new PlatformImage("image-" + group + "-" + index, {
    ...to, platform, source: { files: { "/server": "${folder}/" + (4 * group + index) } },
  }));
  new MultiArchImage("index-" + group, { ...to, tags: ["1.0"], images });
}`;
}

/** What is Pulumi's own in that: as many resources of one property, whose provider does nothing. */
function manyIdleResources(): Promise<Rows> {
  return inNewStack(idleProgram(resourceCount), async (stack) => {
    const first = await timed(stack.up());
    const again = await timed(stack.up());
    return [
      [`up of ${resourceCount} dynamic resources that do nothing, with one property each`, seconds(first)],
      ["… once more", seconds(again)],
    ];
  });
}

function idleProgram(count: number): string {
  return `
const { dynamic } = require("@pulumi/pulumi");
const provider = { create: async (inputs) => ({ id: "idle", outs: inputs }), diff: async () => ({ changes: false }) };
for (let index = 0; index < ${count}; index++) new dynamic.Resource(provider, "idle-" + index, { index });`;
}

/** A program with nothing in it, and the same with one resource: the difference is the resource's package and its provider's process. */
async function smallPreviews(address: string, rounds: number): Promise<Rows> {
  const program = `new (require("pulumi-multiarch").Registry)("registry", { address: "${address}" });`;
  return inNewStack("", (empty) =>
    inNewStack(program, (small) =>
      inNewStack(idleProgram(1), async (idle) => {
        const samples = await times(rounds, async () => {
          const without = await timed(empty.preview());
          const added = difference(await timed(small.preview()), without);
          return { without, added, addedIdle: difference(await timed(idle.preview()), without) };
        });
        return [
          ["preview of an empty program, median", seconds(medianOf(samples.map(({ without }) => without)))],
          ["… what one Registry adds to it, median", seconds(medianOf(samples.map(({ added }) => added)))],
          [
            "… what one dynamic resource that does nothing adds to it, median",
            seconds(medianOf(samples.map(({ addedIdle }) => addedIdle))),
          ],
        ];
      }),
    ),
  );
}

function difference(a: Duration, b: Duration): Duration {
  return { elapsedMs: a.elapsedMs - b.elapsedMs, cpuMs: a.cpuMs - b.cpuMs };
}

async function inNewStack<T>(program: string, work: (stack: Stack) => Promise<T>): Promise<T> {
  const stack = await createStack({ program, environment: { PULUMI_PARALLEL: "16" } });
  try {
    return await work(stack);
  } finally {
    await stack.dispose();
  }
}

/** How long something took, and the time of processors in it, which does not depend on what else a machine does. */
interface Duration {
  readonly elapsedMs: number;
  readonly cpuMs: number;
}

/** @throws what the command said when it failed. */
async function timed(running: Promise<CommandResult>): Promise<Duration> {
  const startedMs = performance.now();
  const cpuBefore = childrenCpuMs();
  const { code, stdout, stderr } = await running;
  if (code !== 0) throw new Error(`Pulumi ended with code ${code}:\n${stdout}\n${stderr}`);
  return { elapsedMs: performance.now() - startedMs, cpuMs: childrenCpuMs() - cpuBefore };
}

/** What ended children of this process, and theirs, have used of processors. */
function childrenCpuMs(): number {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1)?.split(" ") ?? [];
  const [userTicks, systemTicks] = fields.slice(13, 15).map(Number);
  if (userTicks === undefined || systemTicks === undefined) throw new Error("/proc/self/stat is not as expected.");
  return (userTicks + systemTicks) * 10;
}

function medianOf(durations: readonly Duration[]): Duration {
  return {
    elapsedMs: median(durations.map(({ elapsedMs }) => elapsedMs)),
    cpuMs: median(durations.map(({ cpuMs }) => cpuMs)),
  };
}

function seconds({ elapsedMs, cpuMs }: Duration): string {
  const text = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
  return `${text(elapsedMs)}, ${text(cpuMs)} of CPU`;
}
