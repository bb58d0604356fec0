import * as fc from "fast-check";
import type { WireEvent } from "./events";
import { histories, type RandomHistory, type RandomStep } from "./generators";
import { play } from "./history";
import type { Lab } from "./lab";
import { isWriting } from "./message";
import { registriesOf } from "./network";
import { historyOf } from "./randomHistory";
import type { Report } from "./report";

/** A history without strangers, in whose last `up` one request goes wrong. */
export interface FailingOnce {
  readonly history: RandomHistory;
  /** Which request of that `up`, counted on from the first one when there are fewer; of all, or of those that write. */
  readonly nth: number;
  readonly among: "requests" | "writes";
  readonly does: "refuse" | "loseAnswer" | "drop" | "kill" | "killAfter";
}

/** Histories in which one request of a check, a create, an update or a delete goes wrong once. */
export const failingOnce: fc.Arbitrary<FailingOnce> = fc.record({
  history: histories({ strangers: false, interruptions: false, steps: 3 }),
  nth: fc.nat(40),
  among: fc.constantFrom("requests", "writes", "writes"),
  does: fc.constantFrom("refuse", "loseAnswer", "drop", "kill", "killAfter"),
});

/** The history with its interruption, and the same program again until it has been up twice. */
export async function interrupted({ history, nth, among, does }: FailingOnce): Promise<RandomHistory> {
  const all = repeated(history);
  const last = all.steps.length - repeats - 1;
  const { reports } = await play(historyOf(all));
  const sent = reports[last]?.update?.journal ?? [];
  const number = (count: number) => 1 + (nth % Math.max(1, count));
  const at =
    among === "requests"
      ? { request: number(sent.length) }
      : { write: number(sent.filter(({ request }) => isWriting(request)).length) };
  const event: WireEvent = does === "refuse" ? { at, does, status: 403, code: "DENIED" } : { at, does };
  const steps = all.steps.map((step, place) => (step && place === last ? { ...step, events: [event] } : step));
  return { ...all, steps };
}

const repeats = 2;

function repeated({ steps, ...history }: RandomHistory): RandomHistory {
  const whole = { do: "up", stack: "us", targets: [] } as const;
  const ups = steps.flatMap((step) => (step ? [{ ...step, ...whole }] : []));
  return { ...history, steps: [...ups, ...Array.from({ length: repeats }, () => plain("up"))] };
}

/** What is otherwise than it would be, had nothing gone wrong: when the program is up, and when it has been destroyed. */
export async function endsOtherwise(failing: FailingOnce): Promise<readonly string[]> {
  const [bad, good] = [await interrupted(failing), repeated(failing.history)];
  const differences = compare(
    contentOf(await play(historyOf(bad)), false),
    contentOf(await play(historyOf(good)), false),
  );
  // What a killed process created, the next one adopts, and a destroy leaves it.
  if (failing.does === "kill" || failing.does === "killAfter") return differences;
  const [badEnd, goodEnd] = [await play(historyOf(destroyed(bad))), await play(historyOf(destroyed(good)))];
  // Of twins, one may have brought what the other would have deleted.
  const isAlike = new Set([...badEnd.reports, ...goodEnd.reports].flatMap(onDeletes)).size === 1;
  const left = compare(contentOf(badEnd, isAlike), contentOf(goodEnd, isAlike));
  return [...differences, ...left.map((difference) => `after destroy: ${difference}`)];
}

function onDeletes({ program }: Report): readonly unknown[] {
  return program.map(({ inputs }) => inputs["onDelete"]);
}

function destroyed(history: RandomHistory): RandomHistory {
  return { ...history, steps: [...history.steps, plain("destroy")] };
}

function plain(command: "up" | "destroy"): RandomStep {
  const nothing = { edits: [], targets: [], replace: [], taint: [], events: [], strangers: [], order: [] };
  return { do: command, stack: "us", refresh: false, throwsAfter: 0, ...nothing };
}

/** What tags name, and which manifests there are. */
function contentOf({ network }: Lab, withManifests: boolean): ReadonlyMap<string, string> {
  const found = registriesOf(network).flatMap(({ storage }) => [
    ...storage.tags,
    ...(withManifests ? [...storage.manifests.keys()].map((name) => [name, "itself"] as const) : []),
  ]);
  return new Map(found);
}

function compare(actual: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): readonly string[] {
  const names = new Set([...actual.keys(), ...wanted.keys()]);
  return [...names].flatMap((name) => {
    const [is, would] = [actual.get(name), wanted.get(name)];
    return is === would ? [] : [`${name} names ${is ?? "nothing"}; had nothing failed, ${would ?? "nothing"}`];
  });
}
