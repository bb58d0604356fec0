import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../../errors";
import { type Live, PartialFailure } from "../lifecycle";
import type { PropertyBag } from "../properties/bag";
import { recordOutputs } from "../properties/recordOutputs";
import type { ResourceRecord } from "./resourceRecord";

/** Result of a step of writing: the record so far, why anything of it failed, and whether the manifest is anywhere. */
export interface WriteProgress {
  readonly record: ResourceRecord;
  readonly failures: readonly unknown[];
  readonly isWritten: boolean;
  /** Whether some of what the manifest lists was copied, and some was not. */
  readonly isBegun?: boolean;
  readonly subjectHandled: boolean;
}

/**
 * The error for a step that failed: with all that was done, so that the next update goes on from there.
 * @param last - the resource as the last run left it; a new one has no state.
 * @param before - its record before this run.
 * @param written - `tags`: the resource's own; `stateAfter`: the state when everything is done, with the record so far.
 */
export function stepFailure(
  last: Live,
  before: ResourceRecord,
  { record, failures, isWritten, isBegun = false }: WriteProgress,
  { tags, stateAfter }: { readonly tags: readonly string[]; stateAfter(record: ResourceRecord): PropertyBag },
): unknown {
  const nothingDone = !isWritten && !isBegun && isDeepStrictEqual(record, before);
  // Of several tags each may have failed for one reason.
  const reasons = [...new Set(failures.map(messageOf))];
  if (nothingDone) return reasons.length === 1 ? failures[0] : new AggregateError(failures, reasons.join("\n"));
  const unfinished = { ...record, isUnfinished: true };
  const isNew = Object.keys(last.state).length === 0;
  const state = isWritten || isNew ? stateAfter(unfinished) : { ...last.state, ...recordOutputs(unfinished, tags) };
  return new PartialFailure({ id: last.id, state }, reasons);
}
