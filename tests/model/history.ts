import { violations } from "./invariants";
import { createLab, type Lab, runStep } from "./lab";
import { registryAt } from "./network";
import { address } from "./program";
import type { Report, Step } from "./report";
import { pushSource } from "./source";
import type { Switches } from "./switches";

/** A course of commands, edits, interruptions and strangers, as a value. */
export interface History {
  /** How the first registry is at the beginning. */
  readonly switches?: Switches;
  /** Whether strangers have pushed `src/app:1` and `src/app:2` before, and what refers to them. */
  readonly hasSource?: boolean;
  readonly steps: readonly Step[];
}

/** What a history came to. */
export interface Verdict {
  /** A sentence for each promise that was not kept, with the number of the step. */
  readonly violations: readonly string[];
  readonly lab: Lab;
}

/** Runs a history. @returns where it has come to. */
export async function play(history: History): Promise<Lab> {
  const lab = begin(history);
  for (const step of history.steps) await runStep(lab, step);
  return lab;
}

function begin({ switches = {}, hasSource = false }: History): Lab {
  const lab = createLab(switches);
  const main = registryAt(lab.network, address);
  if (hasSource && main) pushSource(main);
  return lab;
}

/** Runs a history, and holds every promise against it after each step. */
export async function runHistory(history: History): Promise<Verdict> {
  const lab = begin(history);
  const found: string[] = [];
  for (const [place, step] of history.steps.entries()) {
    const report = await runStep(lab, step);
    for (const violation of new Set(await violations(lab, report)))
      found.push(`step ${place + 1}, ${step.do}: ${violation}`);
  }
  return { violations: found, lab };
}

/** What a history did, a line for each request and result: for people who look for a fault. */
export function trace({ reports }: Lab): string {
  return reports.map((report, place) => `${place + 1}. ${report.step.do}\n${traceOf(report)}`).join("\n");
}

function traceOf({ preview, update }: Report): string {
  const phases = { preview, update };
  return Object.entries(phases)
    .flatMap(([name, phase]) => {
      if (phase === undefined) return [];
      const { deployment, journal, messages, happened } = phase;
      return [
        `  ${name}: ${deployment ? JSON.stringify(deployment.ops) : "killed"}`,
        ...journal.map(
          ({ request, label, status }) => `    ${request.call.padEnd(16)} ${label} ${status ?? "no answer"}`,
        ),
        ...happened.map((event) => `    happened: ${JSON.stringify(event)}`),
        ...messages.map(({ kind, text }) => `    ${kind}: ${text}`),
        ...(deployment?.failures ?? []).map((failure) => `    failed: ${failure}`),
      ];
    })
    .join("\n");
}
