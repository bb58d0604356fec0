import { applyEdit } from "./edits";
import type { RandomHistory, RandomStep } from "./generators";
import type { History } from "./history";
import type { Step } from "./report";
import { programOf, type Spec } from "./spec";

/** The history that random choices stand for. */
export function historyOf({ switches, program, steps }: RandomHistory): History {
  let spec = program;
  return {
    switches,
    steps: steps.map((step) => {
      spec = step.edits.reduce(applyEdit, spec);
      return stepOf(step, spec);
    }),
  };
}

function stepOf({ edits: _, replace, taint, ...step }: RandomStep, spec: Spec): Step {
  const program = programOf(spec);
  const isThere = (name: string) => program.some((declared) => declared.name === name);
  return { ...step, program, replace: replace.filter(isThere), taint: taint.filter(isThere) };
}
