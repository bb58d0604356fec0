import * as fc from "fast-check";
import { type Disturbances, histories, type RandomHistory } from "./generators";
import { runHistory } from "./history";
import type { Lab } from "./lab";
import { registriesOf } from "./network";
import { describe } from "./print";
import { historyOf, undisturbed } from "./randomHistory";

/** What random histories are held against. Each gives what was not kept. */
export const properties: Readonly<Record<string, Property>> = {
  "in peace, every promise is kept": {
    disturbances: { strangers: false, interruptions: false },
    broken: async (history) => (await runHistory(historyOf(history))).violations,
  },
  "with strangers and interruptions, every promise is kept": {
    disturbances: { strangers: true, interruptions: true },
    broken: async (history) => (await runHistory(historyOf(history))).violations,
  },
  "what failed and was repeated ends as what never failed": {
    disturbances: { strangers: false, interruptions: true },
    broken: endsOtherwise,
  },
};

interface Property {
  readonly disturbances: Disturbances;
  broken(history: RandomHistory): Promise<readonly string[]>;
}

/** Runs one property. @param about - only violations with this text count. @returns a text for people when it does not hold. */
export async function findCounterexample(
  { disturbances, broken }: Property,
  options: { readonly runs: number; readonly seed: number; readonly about: string },
): Promise<string | undefined> {
  const { runs: numRuns, seed, about } = options;
  const wrong = async (history: RandomHistory) => (await broken(history)).filter((text) => text.includes(about));
  const property = fc.asyncProperty(histories(disturbances), async (history) => (await wrong(history)).length === 0);
  const result = await fc.check(property, { numRuns, seed });
  if (!result.failed) return undefined;
  const [history] = result.counterexample ?? [];
  if (history === undefined) return String(result.errorInstance);
  const found = await wrong(history).catch((error: unknown) => [String(error)]);
  const lines = [describe(historyOf(history)), ...found.map((text) => `   ✗ ${text}`)];
  return `${lines.join("\n")}\n   (after ${result.numRuns} histories, ${result.numShrinks} steps smaller; seed ${seed})`;
}

/** Repeats the last program until it stands, and compares what is there with what would be there had nothing failed. */
async function endsOtherwise(history: RandomHistory): Promise<readonly string[]> {
  const [first, ...others] = history.steps;
  if (first === undefined) return [];
  const repeat = { ...first, do: "up" as const, edits: [], events: [], replace: [], taint: [] };
  const steps = [...history.steps, repeat, repeat];
  const wasKilled = history.steps.some(({ events }) =>
    events.some(({ does }) => does === "kill" || does === "killAfter"),
  );
  const end = async (destroyed: boolean, one: RandomHistory) => {
    const last = destroyed ? [{ ...repeat, do: "destroy" as const }] : [];
    return contentOf((await runHistory(historyOf({ ...one, steps: [...steps.map(keepEvents(one)), ...last] }))).lab);
  };
  const peaceful = undisturbed({ ...history, steps: [first, ...others] });
  const differences = compare(await end(false, history), await end(false, peaceful));
  // What a killed process created, the next one adopts, and a destroy leaves it.
  if (wasKilled) return differences;
  const afterDestroy = compare(await end(true, history), await end(true, peaceful));
  return [...differences, ...afterDestroy.map((difference) => `after destroy: ${difference}`)];
}

function keepEvents({ steps }: RandomHistory) {
  return (step: RandomHistory["steps"][number], place: number) => steps[place] ?? step;
}

function contentOf({ network }: Lab): ReadonlyMap<string, string> {
  const [main] = registriesOf(network);
  return new Map([...(main?.storage.tags ?? [])]);
}

function compare(actual: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): readonly string[] {
  const tags = new Set([...actual.keys(), ...wanted.keys()]);
  return [...tags].flatMap((tag) => {
    const [is, would] = [actual.get(tag), wanted.get(tag)];
    return is === would ? [] : [`${tag} names ${is ?? "nothing"}; had nothing failed, ${would ?? "nothing"}`];
  });
}
