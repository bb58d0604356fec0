import type { Message } from "../../provider/host/log";
import { type Choices, createChoices } from "./choices";
import { createClock, type ModelClock } from "./clock";
import { type Deployment, deploy, destroy, refresh } from "./engine";
import type { WireEvent } from "./events";
import type { LedgerEntry } from "./ledger";
import { cloneNetwork, type Network, registriesOf, registryAt } from "./network";
import { type ModelProcess, runProcess } from "./process";
import { address, elsewhere, otherName, type Program } from "./program";
import { createRegistry, type ModelRegistry } from "./registry";
import type { Stack } from "./state";
import { act, type StrangerAct } from "./strangers";
import type { Switches } from "./switches";
import type { Entry } from "./wire";

/** One command of a history, and what happens before and during it. */
export interface Step {
  readonly do: "preview" | "up" | "refresh" | "destroy";
  /** The program from now on. */
  readonly program?: Program;
  /** `--skip-preview`. */
  readonly skipPreview?: boolean;
  /** `--target`. */
  readonly targets?: readonly string[];
  /** `--replace`. */
  readonly replace?: readonly string[];
  /** `--refresh`. */
  readonly refresh?: boolean;
  /** Marked to be replaced before. */
  readonly taint?: readonly string[];
  /** What strangers do before the command. */
  readonly strangers?: readonly StrangerAct[];
  /** How the first registry is from now on. */
  readonly switches?: Switches;
  readonly events?: readonly WireEvent[];
  /** Whether nothing that comes in its way excuses a failure. */
  readonly mustSucceed?: boolean;
  /** See {@link Choices}. */
  readonly order?: readonly number[];
}

/** One process of a command. */
export interface Phase {
  /** `undefined` when the process was killed. */
  readonly deployment: Deployment | undefined;
  readonly journal: readonly Entry[];
  readonly messages: readonly Message[];
  readonly happened: readonly WireEvent[];
  readonly number: number;
}

/** What a command came to. */
export interface Report {
  readonly step: Step;
  readonly program: Program;
  /** The state before it. */
  readonly before: Stack["resources"];
  readonly preview: Phase | undefined;
  /** The process that writes; `undefined` when it did not come to that. */
  readonly update: Phase | undefined;
  /** Whether the command said that it succeeded. */
  readonly isGreen: boolean;
  /** What changed during it, by registry. */
  readonly changes: ReadonlyMap<ModelRegistry, readonly LedgerEntry[]>;
  /** Tags that it left at something that is not whole. */
  readonly incomplete: readonly string[];
}

/** Where a history takes place: two registries, of which the first has several names, a stack and its program. */
export interface Lab {
  readonly network: Network;
  readonly clock: ModelClock;
  readonly stack: Stack;
  program: Program;
  processes: number;
  readonly reports: Report[];
}

const hub = "registry-1.docker.io";

/** An empty one. */
export function createLab(switches: Switches = {}): Lab {
  const main = createRegistry(switches);
  const network = { [address]: main, [otherName]: main, [hub]: main, [elsewhere]: createRegistry() };
  return { network, clock: createClock(), stack: { resources: [] }, program: [], processes: 0, reports: [] };
}

/** Another lab with the same past, in which things can be tried. */
export function cloneLab(lab: Lab): Lab {
  const { stack, reports } = lab;
  return { ...lab, network: cloneNetwork(lab.network), stack: { ...stack }, reports: [...reports] };
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
  const phases = { step, program: lab.program, before, preview, update, isGreen: isGreen(update ?? preview) };
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

function prepare(lab: Lab, { program, switches, strangers = [], taint = [] }: Step): void {
  lab.program = program ?? lab.program;
  const main = registryAt(lab.network, address);
  if (main && switches) main.switches = switches;
  for (const stranger of strangers) if (main) act(main, stranger);
  lab.stack.resources = lab.stack.resources.map((one) => ({ ...one, isTainted: taint.includes(one.name) }));
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
