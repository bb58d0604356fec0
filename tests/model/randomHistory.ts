import { applyEdit } from "./edits";
import type { WireEvent } from "./events";
import type { RandomHistory, RandomStep } from "./generators";
import type { History } from "./history";
import { type Program, tagsOf } from "./program";
import type { Step } from "./report";
import { programOf, type Spec } from "./spec";
import type { StrangerAct } from "./strangers";

/** The history that random choices stand for. A tag `#3` is the third one after the first of those that the program has had. */
export function historyOf({ switches, program, steps }: RandomHistory): History {
  let spec = program;
  let tags: readonly string[] = [];
  return {
    switches,
    steps: steps.map((step) => {
      spec = step.edits.reduce(applyEdit, spec);
      tags = [...new Set([...tags, ...tagsOf(programOf(spec))])];
      return stepOf(step, spec, tags);
    }),
  };
}

function stepOf({ edits: _, ...step }: RandomStep, spec: Spec, tags: readonly string[]): Step {
  const program: Program = programOf(spec);
  const isThere = (name: string) => program.some((declared) => declared.name === name);
  return {
    ...step,
    program,
    replace: step.replace.filter(isThere),
    taint: step.taint.filter(isThere),
    strangers: step.strangers.map((act) => named(act, tags)),
    events: step.events.map((event) => meeting(event, tags)),
  };
}

function meeting(event: WireEvent, tags: readonly string[]): WireEvent {
  return event.does === "stranger" ? { ...event, act: named(event.act, tags) } : event;
}

function named(act: StrangerAct, tags: readonly string[]): StrangerAct {
  const nameOf = (tag: string) =>
    (tag.startsWith("#") ? tags[Number(tag.slice(1)) % tags.length] : tag) ?? "team/app:1.0";
  return act.does === "retag"
    ? { ...act, tag: nameOf(act.tag), from: nameOf(act.from) }
    : { ...act, tag: nameOf(act.tag) };
}
