import { orderOf } from "../choices";
import { type History, runHistory, type Verdict } from "../history";

/** A short history that once went wrong, written by hand. */
export interface Row {
  /** Of the list of what was found. */
  readonly number: string;
  /** For the command line. */
  readonly name: string;
  /** What a user may rely on. */
  readonly promise: string;
  readonly history: History;
  /** In how many orders of what happens at once it is run. Default: in one. */
  readonly orders?: number;
}

/** Runs a row in each of its orders. @returns the first verdict with a violation, or the last one. */
export async function runRow({ history, orders = 1 }: Row): Promise<Verdict> {
  const inOrder = (seed: number) =>
    runHistory({ ...history, steps: history.steps.map((step) => ({ order: orderOf(seed), ...step })) });
  let verdict = await inOrder(0);
  for (let seed = 1; seed < orders && verdict.violations.length === 0; seed++) verdict = await inOrder(seed);
  return verdict;
}
