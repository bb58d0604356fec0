import type { Message } from "../../provider/host/log";
import type { Deployment } from "./commandRun";
import type { WireEvent } from "./events";
import type { LedgerEntry } from "./ledger";
import type { StackName } from "./message";
import type { Program } from "./program";
import type { ModelRegistry } from "./registry";
import type { Stack } from "./state";
import type { StrangerAct } from "./strangers";
import type { Switches } from "./switches";
import type { Entry } from "./wire";

/** One command of a history, and what happens before and during it. */
export interface Step {
  /** The stack that the command is about from now on; `us` at first. */
  readonly stack?: StackName;
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
  /** The program throws in an update when so many of its resources are constructed. */
  readonly throwsAfter?: number;
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
  readonly stackName: StackName;
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
