import { type Choices, createChoices } from "./choices";
import { createClock, type ModelClock } from "./clock";
import type { Deployment } from "./commandRun";
import { deploy, destroy, refresh } from "./engine";
import type { WireEvent } from "./events";
import type { StackName } from "./message";
import { cloneNetwork, type Network, registriesOf, registryAt } from "./network";
import { type ModelProcess, runProcess } from "./process";
import { address, elsewhere, otherName, type Program } from "./program";
import { createRegistry } from "./registry";
import type { Phase, Report, Step } from "./report";
import type { Stack } from "./state";
import { act } from "./strangers";
import type { Switches } from "./switches";

/** Where a history takes place: two registries, of which the first has several names, a stack and its program. */
export interface Lab {
  readonly network: Network;
  readonly clock: ModelClock;
  /** The stack that the last command was about, and its program. */
  stackName: StackName;
  stack: Stack;
  program: Program;
  /** The other stack, which shares the registries, and its program. */
  other: Pick<Lab, "stack" | "program">;
  processes: number;
  readonly reports: Report[];
}

const hub = "registry-1.docker.io";

/** An empty one. */
export function createLab(switches: Switches = {}): Lab {
  const main = createRegistry(switches);
  const network = { [address]: main, [otherName]: main, [hub]: main, [elsewhere]: createRegistry() };
  const nothing = () => ({ stack: { resources: [] }, program: [] });
  return { network, clock: createClock(), stackName: "us", ...nothing(), other: nothing(), processes: 0, reports: [] };
}

/** Another lab with the same past, in which things can be tried. */
export function cloneLab(lab: Lab): Lab {
  const { stack, other, reports } = lab;
  const others = { ...other, stack: { ...other.stack } };
  return { ...lab, network: cloneNetwork(lab.network), stack: { ...stack }, other: others, reports: [...reports] };
}

const betweenCommandsMs = 60_000;

/** Runs a command as Pulumi's CLI does: `up` is a preview and, when that is green, an update in another process. */
export async function runStep(lab: Lab, step: Step): Promise<Report> {
  prepare(lab, step);
  const before = lab.stack.resources;
  const sinceThen = watch(lab);
  const choices = createChoices(step.order ?? []);
  const isDeploying = step.do === "up" || step.do === "preview";
  const preview = isDeploying && !step.skipPreview ? await previewPhase(lab, step, choices) : undefined;
  const isStopped = step.do === "preview" || (preview !== undefined && !isGreen(preview));
  const update = isStopped ? undefined : await updatePhase(lab, step, choices);
  const { program, stackName } = lab;
  const phases = { step, stackName, program, before, preview, update, isGreen: isGreen(update ?? preview) };
  const report = { ...phases, ...sinceThen() };
  lab.reports.push(report);
  return report;
}

/** Remembers where the ledgers are. @returns what has come to them since. */
function watch({ network }: Lab): () => Pick<Report, "changes" | "incomplete"> {
  const marks = registriesOf(network).map((registry) => {
    const { entries, incomplete } = registry.ledger;
    return { registry, entries: entries.length, incomplete: incomplete.length };
  });
  return () => ({
    changes: new Map(marks.map(({ registry, entries }) => [registry, registry.ledger.entries.slice(entries)])),
    incomplete: marks.flatMap(({ registry, incomplete }) => registry.ledger.incomplete.slice(incomplete)),
  });
}

function prepare(lab: Lab, { stack, program, switches, strangers = [], taint = [] }: Step): void {
  if (stack !== undefined && stack !== lab.stackName) changeStack(lab, stack);
  lab.program = program ?? lab.program;
  const main = registryAt(lab.network, address);
  if (main && switches) main.switches = switches;
  for (const stranger of strangers) if (main) act(main, stranger);
  lab.stack.resources = lab.stack.resources.map((one) => ({
    ...one,
    isTainted: one.isTainted || taint.includes(one.name),
  }));
}

function changeStack(lab: Lab, stackName: StackName): void {
  const { stack, program, other } = lab;
  Object.assign(lab, { ...other, other: { stack, program }, stackName });
}

function previewPhase(lab: Lab, step: Step, choices: Choices): Promise<Phase> {
  const events = (step.events ?? []).filter((event) => step.do === "preview" || event.in === "preview");
  const options = { ...step, isPreview: true };
  return phase(lab, choices, events, (process) => deploy(process, lab.stack, lab.program, choices, options));
}

function updatePhase(lab: Lab, step: Step, choices: Choices): Promise<Phase> {
  const { stack, program } = lab;
  const events = (step.events ?? []).filter((event) => event.in !== "preview");
  return phase(lab, choices, events, (process) => {
    if (step.do === "refresh") return refresh(process, stack);
    if (step.do === "destroy") return destroy(process, stack, step.targets);
    return deploy(process, stack, program, choices, { ...step, isPreview: false });
  });
}

async function phase(
  lab: Lab,
  choices: Choices,
  events: readonly WireEvent[],
  work: (process: ModelProcess) => Promise<Deployment>,
): Promise<Phase> {
  lab.clock.advance(betweenCommandsMs);
  const number = ++lab.processes;
  const { process, result } = await runProcess({ ...lab, number, events, choices }, work);
  const { journal, happened } = process.wire;
  return { deployment: result, journal, messages: process.messages, happened, number };
}

function isGreen(phase: Phase | undefined): boolean {
  return phase?.deployment !== undefined && phase.deployment.failures.length === 0;
}
