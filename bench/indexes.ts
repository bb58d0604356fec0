import { setTimeout } from "node:timers/promises";
import type { Admission } from "../tests/support/countingProxy";
import { type Case, type Client, cases, ours, peers } from "./clients";
import { inNewFolder } from "./command";
import { type IndexRegistries, startIndexRegistries } from "./indexRegistries";
import { mebibytes, table } from "./markdown";
import { inTurn, median, times } from "./statistics";

const sizes = [2, 5, 20];
const addedMs = 20;

/** How a client is run: with nothing or {@link addedMs} added to each request. */
type Mode = "plain" | "delayed";

const admissions: Readonly<Record<Mode, Admission>> = {
  plain: async () => () => {},
  delayed: () => setTimeout(addedMs, () => {}),
};

/** A client, and how long its process takes to start. */
interface Contestant {
  readonly client: Client;
  readonly startMs: number;
}

/** One index that a client made. Times are milliseconds without the start of the process. */
interface Sample {
  readonly client: Client;
  readonly mode: Mode;
  readonly requests: number;
  readonly chain: number;
  readonly workMs: number;
  readonly peakBytes: number;
}

/** What such an index costs a client. */
interface Cost extends Pick<Sample, "requests" | "chain" | "peakBytes"> {
  readonly plainMs: number;
  readonly delayedMs: number;
}

/**
 * Lets every client make the same indexes, side by side on one version of distribution.
 * @param rounds - how often each is timed; the table has the medians.
 * @returns a table in Markdown, and what its times leave out.
 */
export async function compareIndexes(version: 2 | 3, rounds: number): Promise<string> {
  const registries = await startIndexRegistries(version);
  try {
    const contestants = await inTurn([...peers, ours.preview, ours.update, ours.further], (client) =>
      startClient(client, rounds),
    );
    const kinds = cases.flatMap((which) => sizes.map((size) => ({ which, size })));
    const rows = await inTurn(kinds, ({ which, size }) => compare(registries, contestants, which, size, rounds));
    const columns = ["case, n, client", "requests", "chain", "ms", `ms, ${addedMs} added`, "peak MiB"];
    return `${table(columns, rows.flat())}\n\n${startsOf(contestants)}`;
  } finally {
    await registries.stop();
  }
}

async function startClient(client: Client, rounds: number): Promise<Contestant> {
  const startsMs = await times(rounds, () => inNewFolder((home) => client.start(home)));
  return { client, startMs: median(startsMs) };
}

function startsOf(contestants: readonly Contestant[]): string {
  const starts = contestants.map(({ client, startMs }) => `${client.name} ${Math.round(startMs)}`);
  return `What the start of a process takes is left out above: ${starts.join(", ")} ms.`;
}

/** @returns a row for each client, and one for a preview and an update of ours together. */
async function compare(
  registries: IndexRegistries,
  contestants: readonly Contestant[],
  which: Case,
  size: number,
  rounds: number,
): Promise<readonly (readonly (string | number)[])[]> {
  const able = contestants.filter(({ client }) => client.cases.includes(which));
  const measure = (mode: Mode, count: number) =>
    times(count, () => inTurn(able, (contestant) => makeIndex(registries, contestant, which, size, mode)));
  const samples = [...(await measure("plain", rounds)), ...(await measure("delayed", rounds))];
  const costOf = (client: Client) => cost(samples.flat().filter((sample) => sample.client === client));
  const both = together(costOf(ours.preview), costOf(ours.update));
  return [
    ...able.map(({ client }) => row(`${which}, ${size}, ${client.name}`, costOf(client))),
    row(`${which}, ${size}, pulumi-multiarch, both`, both),
  ];
}

async function makeIndex(
  registries: IndexRegistries,
  { client, startMs }: Contestant,
  which: Case,
  size: number,
  mode: Mode,
): Promise<Sample> {
  const work = registries.newWork(which, size);
  registries.setAdmission(admissions[mode]);
  const cost = await inNewFolder((home) => client.makeIndex(work, home, startMs));
  const count = registries.takeCount();
  if (client !== ours.preview) await registries.requireMade(work, size);
  return { client, mode, ...cost, ...count };
}

function cost(samples: readonly Sample[]): Cost {
  const of = (mode: Mode) => samples.filter((sample) => sample.mode === mode);
  return {
    requests: Math.min(...samples.map(({ requests }) => requests)),
    // A process that is slow to send looks as if it waited for an answer: the shortest chain is the true one.
    chain: Math.min(...samples.map(({ chain }) => chain)),
    plainMs: median(of("plain").map(({ workMs }) => workMs)),
    delayedMs: median(of("delayed").map(({ workMs }) => workMs)),
    peakBytes: median(of("plain").map(({ peakBytes }) => peakBytes)),
  };
}

/** What two processes cost that run one after the other. */
function together(first: Cost, second: Cost): Cost {
  return {
    requests: first.requests + second.requests,
    chain: first.chain + second.chain,
    plainMs: first.plainMs + second.plainMs,
    delayedMs: first.delayedMs + second.delayedMs,
    peakBytes: Math.max(first.peakBytes, second.peakBytes),
  };
}

function row(title: string, { requests, chain, plainMs, delayedMs, peakBytes }: Cost): readonly (string | number)[] {
  return [title, requests, chain, Math.round(plainMs), Math.round(delayedMs), mebibytes(peakBytes)];
}
