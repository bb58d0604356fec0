import { isDeepStrictEqual } from "node:util";
import type { DiffResult } from "../lifecycle";
import type { PropertyBag } from "../properties/bag";
import { sameTarget } from "../properties/target";
import { containsUnknown } from "../properties/unknown";

/** Inputs that say nothing about what exists: the host's own text, and contents of local paths, for which the digest stands. */
const incomparable: ReadonlySet<string> = new Set(["__provider", "source"]);

/**
 * Compares the state with new checked inputs: everything that `read` and `delete` will use, and everything computed.
 * Only another registry address or repository replaces.
 * @param outputs - names that only create and update write, so that their absence from the inputs says nothing.
 */
export function diffProperties(state: PropertyBag, inputs: PropertyBag, outputs: ReadonlySet<string>): DiffResult {
  const isSamePlace = sameTarget(state, inputs);
  return {
    // Drift that refresh has recorded stands in both, and is to be repaired none the less.
    changes:
      containsUnknown(inputs) || inputs["drift"] !== undefined || changedNames(state, inputs, outputs).length > 0,
    replaces: isSamePlace
      ? []
      : ["registry", "repository"].filter((name) => !isDeepStrictEqual(state[name], inputs[name])),
  };
}

function changedNames(state: PropertyBag, inputs: PropertyBag, outputs: ReadonlySet<string>): readonly string[] {
  const recorded = Object.keys(state).filter((name) => !outputs.has(name));
  const names = new Set([...Object.keys(inputs), ...recorded].filter((name) => !incomparable.has(name)));
  return [...names].filter((name) => !isDeepStrictEqual(state[name], inputs[name]));
}
