import * as fc from "fast-check";
import { endsOtherwise, failingOnce, interrupted } from "./endsAlike";
import { type Disturbances, histories, type RandomHistory } from "./generators";
import { type History, runHistory } from "./history";
import { describe } from "./print";
import { historyOf } from "./randomHistory";

/** What random histories are held against. */
interface Property<T> {
  readonly arbitrary: fc.Arbitrary<T>;
  /** What was not kept: a sentence each. */
  broken(value: T): Promise<readonly string[]>;
  /** For people. */
  history(value: T): Promise<History>;
}

function kept(disturbances: Disturbances): Property<RandomHistory> {
  return {
    arbitrary: histories(disturbances),
    broken: async (history) => (await runHistory(historyOf(history))).violations,
    history: async (history) => historyOf(history),
  };
}

/** How properties are run. */
export interface Options {
  /** How many histories for each. */
  readonly runs: number;
  readonly seed: number;
  /** How many steps each has at least. */
  readonly steps: number;
  /** Only violations with this text count. */
  readonly about: string;
  /** How many kinds of violations are looked for. */
  readonly kinds: number;
  /** Whether the first counterexample is good enough. Default: it is made smaller. */
  readonly isFirstEnough?: boolean;
}

/** Every property: the texts of the smallest counterexamples found, one for each kind of violation; none when it holds. */
export const properties = {
  "in peace, every promise is kept": (options: Options) =>
    counterexamples(kept({ ...options, strangers: false, interruptions: false }), options),
  "with strangers and interruptions, every promise is kept": (options: Options) =>
    counterexamples(kept({ ...options, strangers: true, interruptions: true }), options),
  "what failed once and was repeated ends as what never failed": (options: Options) =>
    counterexamples(
      {
        arbitrary: failingOnce,
        broken: endsOtherwise,
        history: async (failing) => historyOf(await interrupted(failing)),
      },
      options,
    ),
};

async function counterexamples<T>(
  one: Property<T>,
  { runs, seed, about, kinds, isFirstEnough = false }: Options,
): Promise<readonly string[]> {
  const known = new Set<string>();
  const found: string[] = [];
  const wrong = async (value: T) =>
    (await one.broken(value)).filter((text) => text.includes(about) && !known.has(kindOf(text)));
  while (found.length < kinds) {
    const property = fc.asyncProperty(one.arbitrary, async (value) => (await wrong(value)).length === 0);
    const { counterexample, numRuns, numShrinks, errorInstance } = await fc.check(property, {
      numRuns: runs,
      seed,
      endOnFailure: isFirstEnough,
    });
    if (counterexample === null) break;
    const [value] = counterexample;
    const texts = await wrong(value);
    if (texts.length === 0) throw errorInstance;
    const lines = [describe(await one.history(value)), ...texts.map((text) => `   ✗ ${text}`)];
    found.push(`${lines.join("\n")}\n   (the ${numRuns}. history, ${numShrinks} steps smaller)`);
    for (const text of texts) known.add(kindOf(text));
  }
  return found;
}

/** A violation without what differs from history to history. */
function kindOf(text: string): string {
  return text
    .replace(/^step \d+, \w+: /, "")
    .replace(/sha256:[0-9a-f]+/g, "#")
    .replace(/:(1\.0|2\.0|t|u|[mn][12]|theirs)[\w-]*/g, ":T")
    .replace(/\b(1\.0|2\.0|t|u|[mn][12])(-[\w-]*)?(?= )/g, "T")
    .replace(/\[\d+\]/g, "[n]")
    .replace(/\b[abcdxyzmn]\b/g, "R")
    .replace(/(team|mirror|src)\/\w+/g, "REPOSITORY")
    .replace(/\b(r|alias|other)\.example/g, "HOST")
    .replace(/\bmultiarch-[\w-]+/g, "PROBE");
}
