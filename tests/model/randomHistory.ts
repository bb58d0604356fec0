import { applyEdit } from "./edits";
import type { WireEvent } from "./events";
import type { RandomHistory, RandomStep } from "./generators";
import type { History } from "./history";
import { tagsOf } from "./program";
import type { Step } from "./report";
import type { Spec } from "./spec";
import { programOf } from "./specProgram";
import type { StrangerAct } from "./strangers";

/**
 * The history that random choices stand for: strangers have pushed images and what refers to them before. A tag `#3` is the third
 * one after the first of those that the programs have had.
 */
export function historyOf({ switches, programs, steps }: RandomHistory): History {
  const specs = { ...programs };
  let tags: readonly string[] = [];
  return {
    switches,
    hasSource: true,
    steps: steps.flatMap((step) => {
      if (step === undefined) return [];
      const spec = step.edits.reduce(applyEdit, specs[step.stack]);
      specs[step.stack] = spec;
      tags = [...new Set([...tags, ...tagsOf(programOf(spec))])];
      return [stepOf(step, spec, tags)];
    }),
  };
}

function stepOf(
  { edits: _, targets, throwsAfter, refresh, ...step }: RandomStep,
  spec: Spec,
  tags: readonly string[],
): Step {
  const program = programOf(spec);
  const isThere = (name: string) => program.some((declared) => declared.name === name);
  const aimed = step.do === "up" || step.do === "destroy" ? targets.filter(isThere) : [];
  return {
    ...step,
    program,
    ...(aimed.length > 0 && { targets: aimed }),
    ...(step.do === "up" && throwsAfter > 0 && throwsAfter < program.length && { throwsAfter }),
    ...(step.do === "up" && refresh && { refresh }),
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
  if (act.does === "retag") return { ...act, tag: nameOf(act.tag), from: nameOf(act.from) };
  return act.does === "list"
    ? { ...act, tag: nameOf(act.tag), of: act.of.map(nameOf) }
    : { ...act, tag: nameOf(act.tag) };
}
