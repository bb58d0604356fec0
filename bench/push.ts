import { randomBytes } from "node:crypto";
import { countingProxy } from "../tests/support/countingProxy";
import { makeLayout } from "../tests/support/layouts";
import { startRegistry } from "../tests/support/registries";
import { mebibytes, table } from "./markdown";
import { fromLayout, fromRegistry, type PushCost, type Pusher, type Pushers } from "./pushers";
import { inTurn, median, times } from "./statistics";

const mebibyte = 1024 * 1024;
const layerCount = 4;
const layerBytes = 64 * mebibyte;

/** One push. */
interface Sample extends PushCost {
  readonly pusher: Pusher;
}

/**
 * Lets every client push the same image of 256 MiB in four layers that cannot be compressed, each time to a new registry.
 * @param rounds - how often; crane and ours go one after the other, and take turns at going first.
 * @returns a table in Markdown of the medians, and how much the provider's process grew.
 */
export function comparePushes(version: 2 | 3, rounds: number): Promise<string> {
  return withLayout((layout) => compare(version, rounds, fromLayout, layout));
}

/** The same for copies of the image from one registry to another. */
export async function compareCopies(version: 2 | 3, rounds: number): Promise<string> {
  const source = await startRegistry({ version });
  try {
    const from = `${source.address}/bench/source:1.0`;
    await withLayout((layout) => fromLayout.crane.push(layout, from));
    return await compare(version, rounds, fromRegistry, from);
  } finally {
    await source.stop();
  }
}

async function compare(version: 2 | 3, rounds: number, pushers: Pushers, from: string): Promise<string> {
  const { crane, provider, others } = pushers;
  const all = [crane, provider, ...others];
  const requests = await inTurn(all, (pusher) => countRequests(version, pusher, from));
  const samples = await times(rounds, (round) => {
    const pair = round % 2 === 0 ? [crane, provider] : [provider, crane];
    return inTurn([...pair, ...others], (pusher) => push(version, pusher, from));
  });
  const rows = all.map((pusher, index) => {
    const ratios = samples.map((round) => elapsed(round, crane) / elapsed(round, pusher));
    return [pusher.name, requests[index] ?? 0, ...cells(samples.flat(), pusher), median(ratios).toFixed(2)];
  });
  const columns = ["client", "requests", "MiB/s", "peak MiB", "times crane's throughput"];
  return `${table(columns, rows)}\n\n${growthOf(samples.flat())}`;
}

/** @param work - is given the folder of an OCI layout, which is removed afterwards. */
async function withLayout<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const layout = makeLayout();
  try {
    const furtherLayers = [...Array(layerCount)].map(() =>
      layout.blob(randomBytes(layerBytes), "application/vnd.oci.image.layer.v1.tar"),
    );
    const platform = { os: "linux", architecture: "amd64" };
    // regctl takes an image of a layout by this name only.
    const annotations = { "org.opencontainers.image.ref.name": "image" };
    layout.publish(layout.image({ platform, layers: [], furtherLayers, annotations }));
    return await work(layout.directory);
  } finally {
    layout.remove();
  }
}

async function push(version: 2 | 3, pusher: Pusher, from: string): Promise<Sample> {
  const registry = await startRegistry({ version });
  try {
    return { pusher, ...(await pusher.push(from, `${registry.address}/bench/push:1.0`)) };
  } finally {
    await registry.stop();
  }
}

/** How many requests the registry gets that receives the image. */
async function countRequests(version: 2 | 3, pusher: Pusher, from: string): Promise<number> {
  const registry = await startRegistry({ version });
  const proxy = await countingProxy(registry.address);
  try {
    await pusher.push(from, `${proxy.address}/bench/push:1.0`);
    return proxy.requests.length;
  } finally {
    await proxy.stop();
    await registry.stop();
  }
}

function cells(samples: readonly Sample[], pusher: Pusher): readonly number[] {
  const own = samples.filter((sample) => sample.pusher === pusher);
  const seconds = median(own.map(({ elapsedMs }) => elapsedMs)) / 1000;
  const throughput = (layerCount * layerBytes) / mebibyte / seconds;
  return [Math.round(throughput), mebibytes(median(own.map(({ peakBytes }) => peakBytes)))];
}

function elapsed(round: readonly Sample[], pusher: Pusher): number {
  const sample = round.find((sample) => sample.pusher === pusher);
  if (sample === undefined) throw new Error(`${pusher.name} did not push.`);
  return sample.elapsedMs;
}

function growthOf(samples: readonly Sample[]): string {
  const growths = samples.flatMap(({ idleBytes, peakBytes }) =>
    idleBytes === undefined ? [] : [peakBytes - idleBytes],
  );
  return `The provider's process grew by ${mebibytes(median(growths))} MiB over its idle size, at most ${mebibytes(Math.max(...growths))}.`;
}
