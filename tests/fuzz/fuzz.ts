import { isProviderError } from "../../provider/errors";
import { randomFrom } from "./mutations";
import { type Target, targets } from "./targets";

/** The most that one input may take. */
const limits = { milliseconds: 50, bytes: 64 * 1024 * 1024 };
// A parser that was slow once may have waited for another process.
const attempts = 5;
const mostSeeds = 200;

/** A fault of a parser with one input. */
export interface Fault {
  readonly target: string;
  readonly problem: string;
  readonly input: Buffer;
}

/** The result of a run. */
export interface FuzzResult {
  readonly inputs: number;
  /** The first of each kind. */
  readonly faults: readonly Fault[];
}

/**
 * Gives random inputs to every parser: those that it takes, changed in a few places. Each ends with a result or an error of the
 * package's own, within 50 ms and 64 MiB.
 * @param amount - how many inputs in all, or for how long; each parser gets the same share.
 */
export async function fuzz(
  seed: number,
  amount: { readonly inputs: number } | { readonly seconds: number },
): Promise<FuzzResult> {
  const faults = new Map<string, Fault>();
  let inputs = 0;
  for (const [index, target] of targets.entries()) {
    const start = performance.now();
    const isDone = (count: number) =>
      "inputs" in amount
        ? count >= Math.ceil(amount.inputs / targets.length)
        : performance.now() - start > (amount.seconds * 1000) / targets.length;
    inputs += await fuzzTarget(target, seed + index, isDone, (problem, input) => {
      const key = `${target.name}: ${problem.replace(/\d+/g, "0").slice(0, 100)}`;
      if (!faults.has(key)) faults.set(key, { target: target.name, problem, input });
    });
  }
  return { inputs, faults: [...faults.values()] };
}

async function fuzzTarget(
  target: Target,
  seed: number,
  isDone: (count: number) => boolean,
  report: (problem: string, input: Buffer) => void,
): Promise<number> {
  const random = randomFrom(seed);
  const pool: [Buffer, ...Buffer[]] = [...target.seeds];
  // What the parser has not run before it runs slowly.
  for (const input of target.seeds) await outcomeOf(target, input);
  let count = 0;
  for (; !isDone(count); count++) {
    const input = target.mutate(random.pick(pool), random);
    const { problem, isTaken } = await outcomeOf(target, input);
    if (problem !== undefined) report(problem, input);
    if (isTaken && pool.length < mostSeeds && random.below(20) === 0) pool.push(input);
  }
  return count;
}

async function outcomeOf(
  target: Target,
  input: Buffer,
): Promise<{ readonly problem?: string; readonly isTaken: boolean }> {
  const first = await attempt(target, input);
  let best = first;
  for (let again = 1; again < attempts && isTooMuch(best); again++) {
    const next = await attempt(target, input);
    best = {
      ...first,
      milliseconds: Math.min(best.milliseconds, next.milliseconds),
      bytes: Math.min(best.bytes, next.bytes),
    };
  }
  const { error } = first;
  const isTaken = error === undefined;
  if (error !== undefined && !isProviderError(error)) return { isTaken, problem: `a foreign error: ${String(error)}` };
  if (best.milliseconds > limits.milliseconds) return { isTaken, problem: `took ${Math.round(best.milliseconds)} ms` };
  if (best.bytes > limits.bytes) return { isTaken, problem: `took ${Math.round(best.bytes / 2 ** 20)} MiB` };
  return { isTaken };
}

function isTooMuch({ milliseconds, bytes }: Attempt): boolean {
  return milliseconds > limits.milliseconds || bytes > limits.bytes;
}

interface Attempt {
  readonly error?: unknown;
  readonly milliseconds: number;
  /** How much the memory grew. */
  readonly bytes: number;
}

async function attempt(target: Target, input: Buffer): Promise<Attempt> {
  const before = usedMemory();
  const start = performance.now();
  const error = await run(target, input);
  const milliseconds = performance.now() - start;
  return { milliseconds, bytes: usedMemory() - before, ...(error !== undefined && { error }) };
}

async function run(target: Target, input: Buffer): Promise<unknown> {
  try {
    await target.run(input);
    return undefined;
  } catch (error) {
    return error;
  }
}

function usedMemory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
