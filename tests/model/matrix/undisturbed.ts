import { cloneLab, createLab, type Lab, runStep } from "../lab";
import { isWriting } from "../message";
import { registryAt } from "../network";
import { address } from "../program";
import type { Report } from "../report";
import type { Entry } from "../wire";
import { type Content, contentOf } from "./content";
import type { Case, Phase } from "./programs";

/** A phase of a program, undisturbed. */
export interface Undisturbed {
  readonly phase: Phase;
  /** Where it begins. */
  readonly before: Lab;
  /** The requests that write, in their order. */
  readonly writes: readonly Entry[];
  /** What there is when it is up, and when it is destroyed after that. */
  readonly up: Content;
  readonly end: Content;
}

/** Plays a phase without any fault. @throws when a command of it fails. */
export async function undisturbed({ prepare }: Case, phase: Phase): Promise<Undisturbed> {
  const before = createLab();
  const registry = registryAt(before.network, address);
  if (registry) prepare(registry);
  if (phase.from) green(await runStep(before, { do: "up", program: phase.from }));
  const lab = cloneLab(before);
  const { update } = green(await runStep(lab, { do: "up", program: phase.to }));
  const writes = (update?.journal ?? []).filter(({ request }) => isWriting(request));
  const up = contentOf(lab);
  green(await runStep(lab, { do: "destroy" }));
  return { phase, before, writes, up, end: contentOf(lab) };
}

function green(report: Report): Report {
  if (report.isGreen) return report;
  throw new Error(`undisturbed, and it fails: ${failuresOf(report).join("; ")}`);
}

/** Why a command failed. */
export function failuresOf({ update, preview }: Report): readonly string[] {
  return (update ?? preview)?.deployment?.failures ?? ["it was killed"];
}
