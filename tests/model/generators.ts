import * as fc from "fast-check";
import type { Edit } from "./edits";
import type { WireEvent } from "./events";
import { interruption, meeting, stranger } from "./generators/disturbances";
import { edits } from "./generators/edits";
import { program } from "./generators/programs";
import type { StackName } from "./message";
import type { Spec } from "./spec";
import type { StrangerAct } from "./strangers";
import type { Switches } from "./switches";

/**
 * Random histories: the programs of two stacks, and commands with edits before them, interruptions in them, strangers before and
 * in them, and orders of what happens at once. All shrinks: to fewer steps, no events, the order of the program.
 *
 * Left out: renames that keep a resource (aliases), secrets, `--exclude`, more than two interruptions in a process.
 */
export interface RandomHistory {
  readonly switches: Switches;
  readonly programs: Readonly<Record<StackName, Spec>>;
  /** `undefined` for one that was shrunk away. */
  readonly steps: readonly (RandomStep | undefined)[];
}

/** One command of it. */
export interface RandomStep {
  readonly stack: StackName;
  readonly do: "preview" | "up" | "refresh" | "destroy";
  readonly edits: readonly Edit[];
  readonly targets: readonly string[];
  readonly replace: readonly string[];
  readonly taint: readonly string[];
  readonly refresh: boolean;
  /** After so many resources; 0 for never. */
  readonly throwsAfter: number;
  readonly events: readonly WireEvent[];
  readonly strangers: readonly StrangerAct[];
  readonly order: readonly number[];
}

/** What a history may have. */
export interface Disturbances {
  readonly strangers: boolean;
  readonly interruptions: boolean;
  /** How many steps it has at least; shrinking goes below. */
  readonly steps: number;
}

const none = fc.constant([]);
const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof(fc.constant([]), { weight: 2, arbitrary: fc.array(arbitrary, { minLength: 1, maxLength: 1 }) });
const name = fc.constantFrom(["a"], ["x"], ["m"], ["b"]);
const seldom = <T>(usual: T, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, arbitrary);

function step({ strangers, interruptions }: Disturbances): fc.Arbitrary<RandomStep> {
  const events = fc.oneof(
    ...(strangers ? [rarely(meeting)] : []),
    ...(interruptions ? [rarely(interruption)] : []),
    none,
  );
  return fc.record({
    stack: seldom<StackName>("us", fc.constant("them")),
    do: fc.oneof(
      { weight: 6, arbitrary: fc.constant("up" as const) },
      fc.constantFrom("preview" as const, "refresh" as const, "destroy" as const),
    ),
    edits: fc.array(edits, { maxLength: 2 }),
    targets: seldom<readonly string[]>([], name),
    replace: seldom<readonly string[]>([], name),
    taint: seldom<readonly string[]>([], name),
    refresh: seldom<boolean>(false, fc.constant(true)),
    throwsAfter: interruptions ? seldom(0, fc.integer({ min: 1, max: 3 })) : fc.constant(0),
    events,
    strangers: strangers ? rarely(stranger) : none,
    order: fc.oneof({ weight: 2, arbitrary: none }, fc.array(fc.nat(7), { maxLength: 40 })),
  });
}

const switches: fc.Arbitrary<Switches> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  fc.constantFrom<Switches>(
    { refusesTagDelete: true },
    { dropsManifestWithLastTag: true },
    { dropsManifestOfMovedTag: true },
    { refusesListedChild: "405 DENIED" },
    { referrersApi: true },
    { takesIncomplete: true },
  ),
);

/** Histories with these disturbances. */
export function histories(disturbances: Disturbances): fc.Arbitrary<RandomHistory> {
  const { steps } = disturbances;
  // The first of them is only for shrinking.
  const kept = fc.oneof(
    { withCrossShrink: true },
    { weight: 0, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: step(disturbances) },
  );
  return fc.record({
    switches,
    programs: fc.record({ us: program, them: program }),
    steps: fc.array(kept, { minLength: steps, maxLength: steps + 2 }),
  });
}
