import { randomBytes } from "node:crypto";
import { countingProxy } from "../tests/support/countingProxy";
import { type Layout, makeLayout } from "../tests/support/layouts";
import { startRegistry } from "../tests/support/registries";
import { mebibytes, table } from "./markdown";
import { crane, otherPushers, type PushCost, type Pusher, provider } from "./pushers";
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
export async function comparePushes(version: 2 | 3, rounds: number): Promise<string> {
  const layout = newLayout();
  try {
    const requests = await inTurn([crane, provider, ...otherPushers], (pusher) =>
      countRequests(version, pusher, layout),
    );
    const samples = await times(rounds, (round) => {
      const pair = round % 2 === 0 ? [crane, provider] : [provider, crane];
      return inTurn([...pair, ...otherPushers], (pusher) => push(version, pusher, layout));
    });
    const rows = [crane, provider, ...otherPushers].map((pusher, index) => {
      const ratios = samples.map((round) => elapsed(round, crane) / elapsed(round, pusher));
      return [pusher.name, requests[index] ?? 0, ...cells(samples.flat(), pusher), median(ratios).toFixed(2)];
    });
    const columns = ["client", "requests", "MiB/s", "peak MiB", "times crane's throughput"];
    return `${table(columns, rows)}\n\n${growthOf(samples.flat())}`;
  } finally {
    layout.remove();
  }
}

function newLayout(): Layout {
  const layout = makeLayout();
  const furtherLayers = [...Array(layerCount)].map(() =>
    layout.blob(randomBytes(layerBytes), "application/vnd.oci.image.layer.v1.tar"),
  );
  const platform = { os: "linux", architecture: "amd64" };
  // regctl takes an image of a layout by this name only.
  const annotations = { "org.opencontainers.image.ref.name": "image" };
  layout.publish(layout.image({ platform, layers: [], furtherLayers, annotations }));
  return layout;
}

async function push(version: 2 | 3, pusher: Pusher, layout: Layout): Promise<Sample> {
  const registry = await startRegistry({ version });
  try {
    return { pusher, ...(await pusher.push(layout.directory, `${registry.address}/bench/push:1.0`)) };
  } finally {
    await registry.stop();
  }
}

async function countRequests(version: 2 | 3, pusher: Pusher, layout: Layout): Promise<number> {
  const registry = await startRegistry({ version });
  const proxy = await countingProxy(registry.address);
  try {
    await pusher.push(layout.directory, `${proxy.address}/bench/push:1.0`);
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
