import * as fc from "fast-check";
import type { Edit } from "./edits";
import type { WireEvent } from "./events";
import type { ImageSpec, IndexSpec, Spec } from "./spec";
import type { StrangerAct } from "./strangers";
import type { Switches } from "./switches";

/**
 * Random histories: a program, and commands with edits before them, interruptions in them, strangers before and in them, and
 * orders of what happens at once. All shrinks: to fewer steps, no events, the order of the program.
 *
 * Left out so far: `--target` of several, `up --refresh`, programs that throw half way, more than one interruption in a
 * process, the clock.
 */
export interface RandomHistory {
  readonly switches: Switches;
  readonly program: Spec;
  readonly steps: readonly RandomStep[];
}

/** One command of it. */
export interface RandomStep {
  readonly do: "preview" | "up" | "refresh" | "destroy";
  readonly edits: readonly Edit[];
  readonly replace: readonly string[];
  readonly taint: readonly string[];
  readonly events: readonly WireEvent[];
  readonly strangers: readonly StrangerAct[];
  readonly order: readonly number[];
}

const onDelete = fc.constantFrom("untag" as const, "delete" as const);

const image: fc.Arbitrary<ImageSpec> = fc.record({
  name: fc.constantFrom("a", "b", "c", "d"),
  text: fc.constantFrom("1", "2"),
  tag: fc.oneof({ weight: 2, arbitrary: fc.constant("none" as const) }, fc.constantFrom("t", "u", "1.0-linux-amd64")),
  repository: fc.oneof({ weight: 4, arbitrary: fc.constant("team/app" as const) }, fc.constant("team/lib" as const)),
  onDelete,
});

const index: fc.Arbitrary<IndexSpec> = fc.record({
  name: fc.constantFrom("x", "y"),
  tags: fc.uniqueArray(fc.constantFrom("1.0", "2.0"), { maxLength: 2 }),
  images: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 3 }),
  by: fc.oneof({ weight: 4, arbitrary: fc.constant("resource" as const) }, fc.constant("ref" as const)),
  childTag: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.boolean()),
  onDelete,
});

const program: fc.Arbitrary<Spec> = fc.record({
  images: fc.array(image, { minLength: 1, maxLength: 3 }),
  indexes: fc.array(index, { maxLength: 2 }),
});

const which = fc.nat(3);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  // What people change most.
  fc.record({ edit: fc.constant("changeImage" as const), which, to: fc.record({ text: fc.constantFrom("1", "2") }) }),
  fc.record({
    edit: fc.constant("changeIndex" as const),
    which,
    to: fc.record({ tags: fc.constantFrom(["1.0"] as const, ["1.0", "2.0"] as const, ["2.0"] as const) }),
  }),
  fc.record({ edit: fc.constant("changeImage" as const), which, to: partly(image) }),
  fc.record({ edit: fc.constant("changeIndex" as const), which, to: partly(index) }),
  fc.record({ edit: fc.constantFrom("removeImage" as const, "removeIndex" as const), which }),
  fc.record({ edit: fc.constant("addImage" as const), image }),
  fc.record({ edit: fc.constant("addIndex" as const), index }),
  fc.constant({ edit: "swapTags" as const }),
);

/** One member of a whole. */
function partly<T extends object>(whole: fc.Arbitrary<T>): fc.Arbitrary<Partial<T>> {
  return fc.tuple(whole, fc.nat(5)).map(([all, member]) => {
    const names = Object.keys(all);
    const name = names[member % names.length] ?? "";
    return Object.fromEntries(Object.entries(all).filter(([key]) => key === name)) as Partial<T>;
  });
}

const at = fc.oneof(
  fc.record({ write: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ request: fc.integer({ min: 1, max: 20 }) }),
);

const interruption: fc.Arbitrary<WireEvent> = fc.oneof(
  fc.record({ at, does: fc.constantFrom("loseAnswer", "drop", "kill", "killAfter", "page404") }),
  fc.record({ at, does: fc.constant("refuse" as const), status: fc.constant(403), code: fc.constant("DENIED") }),
);

/** One of the tags that the program has or had: see `randomHistory.ts`. */
const tag = fc.nat(5).map((number) => `#${number}`);
const stranger: fc.Arbitrary<StrangerAct> = fc.oneof(
  fc.record({ does: fc.constantFrom("take" as const, "untag" as const), tag }),
  fc.record({ does: fc.constant("retag" as const), from: tag, tag: fc.oneof(tag, fc.constant("team/app:theirs")) }),
  fc.record({ does: fc.constant("purge" as const), tag }),
  fc.record({ does: fc.constant("purge" as const), tag, child: fc.nat(2) }),
);
const meeting: fc.Arbitrary<WireEvent> = fc.record({
  at,
  does: fc.constant("stranger" as const),
  act: stranger,
  after: fc.boolean(),
});

const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof(fc.constant([]), { weight: 2, arbitrary: fc.array(arbitrary, { minLength: 1, maxLength: 1 }) });

/** What a history may have. */
export interface Disturbances {
  readonly strangers: boolean;
  readonly interruptions: boolean;
}

function step({ strangers, interruptions }: Disturbances): fc.Arbitrary<RandomStep> {
  const none = fc.constant([]);
  const events = fc.oneof(
    ...(strangers ? [rarely(meeting)] : []),
    ...(interruptions ? [rarely(interruption)] : []),
    none,
  );
  return fc.record({
    do: fc.oneof(
      { weight: 5, arbitrary: fc.constant("up" as const) },
      { weight: 2, arbitrary: fc.constant("destroy" as const) },
      fc.constantFrom("preview" as const, "refresh" as const),
    ),
    edits: fc.array(edit, { maxLength: 2 }),
    replace: fc.oneof({ weight: 8, arbitrary: none }, fc.constantFrom(["a"], ["x"])),
    taint: fc.oneof({ weight: 8, arbitrary: none }, fc.constantFrom(["a"], ["x"])),
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
  return fc.record({ switches, program, steps: fc.array(step(disturbances), { minLength: 2, maxLength: 6 }) });
}
