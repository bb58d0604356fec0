import * as fc from "fast-check";
import type { WireEvent } from "../events";
import type { StrangerAct } from "../strangers";

const at = fc.oneof(
  fc.record({ write: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ request: fc.integer({ min: 1, max: 20 }) }),
);

/** Something that goes wrong on the way of one request, be it one that reads. */
export const interruption: fc.Arbitrary<WireEvent> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ at, does: fc.constantFrom("loseAnswer", "drop", "kill", "killAfter", "page404") }),
  },
  fc.record({ at, does: fc.constant("refuse" as const), status: fc.constant(403), code: fc.constant("DENIED") }),
  fc.record({ at, does: fc.constant("wait" as const), ms: fc.constant(90_000) }),
);

/** One of the tags that the program has or had: see `randomHistory.ts`. */
const tag = fc.nat(7).map((number) => `#${number}`);
const source = fc.constantFrom("src/app:1", "src/app:2");

/** An act of a stranger. */
export const stranger: fc.Arbitrary<StrangerAct> = fc.oneof(
  fc.record({ does: fc.constantFrom("take" as const, "untag" as const), tag }),
  fc.record({ does: fc.constant("retag" as const), from: tag, tag: fc.oneof(tag, fc.constant("team/app:theirs")) }),
  fc.record({ does: fc.constant("purge" as const), tag }),
  fc.record({ does: fc.constant("purge" as const), tag, child: fc.nat(2) }),
  fc.record({ does: fc.constant("sign" as const), tag: fc.oneof(tag, source) }),
  fc.record({ does: fc.constant("push" as const), tag: source, text: fc.constantFrom("3", "4") }),
  fc.record({ does: fc.constant("list" as const), of: fc.tuple(tag), tag: fc.constant("team/app:theirs") }),
);

/** A stranger who comes just before or after a request. */
export const meeting: fc.Arbitrary<WireEvent> = fc.record({
  at,
  does: fc.constant("stranger" as const),
  act: stranger,
  after: fc.boolean(),
});
