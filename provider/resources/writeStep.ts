import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../errors";
import type { PropertyBag } from "./lifecycle";
import { PartialFailure } from "./lifecycle";
import type { Ownership } from "./ownership";
import { ownershipOf } from "./ownership";
import type { TagOutcome } from "./tagWrite";

/** What a step of writing leaves: the ownership so far, why anything of it failed, and whether the manifest is anywhere. */
export interface Step {
  readonly owned: Ownership;
  readonly failures: readonly unknown[];
  readonly isWritten: boolean;
  /** Whether some of what the manifest lists was brought, and some was not. */
  readonly isBegun?: boolean;
  readonly subjectHandled: boolean;
}

/**
 * What to throw when a step failed: with all that was done, so that the next update goes on from there.
 * @param state - what the last run left, `undefined` for a new resource.
 * @param stateAfter - the state when everything is done, with the ownership so far.
 */
export function stepFailure(
  id: string,
  state: PropertyBag | undefined,
  { owned, failures, isWritten, isBegun = false }: Step,
  stateAfter: (owned: Ownership) => PropertyBag,
): unknown {
  const nothingDone = !isWritten && !isBegun && isDeepStrictEqual(owned, ownershipOf(state));
  const reasons = failures.map(messageOf);
  if (nothingDone) return failures.length === 1 ? failures[0] : new AggregateError(failures, reasons.join("\n"));
  const left = isWritten || state === undefined ? stateAfter(owned) : { ...state, ...owned };
  return new PartialFailure({ id, state: { ...left, unfinished: true } }, reasons);
}

/** Why the tags that failed did so. */
export function errorsOf(outcomes: readonly TagOutcome[]): readonly unknown[] {
  return outcomes.flatMap((outcome) => (outcome.result === "failed" ? [outcome.error] : []));
}
