import type { PropertyBag } from "../../provider/resources/properties/bag";
import type { ModelProcess } from "./process";
import { type Op, StepError } from "./protocol";
import type { Stack } from "./state";

/** What a process of a command came to. */
export interface Deployment {
  /** What was done, or in a preview would be, by resource. */
  readonly ops: Readonly<Record<string, Op>>;
  /** What is known of each resource's outputs. */
  readonly outputs: Readonly<Record<string, PropertyBag>>;
  readonly failures: readonly string[];
}

/** How a command is run. */
export interface DeployOptions {
  readonly isPreview: boolean;
  /** `--target`: the others are left as they are. */
  readonly targets?: readonly string[];
  /** `--replace`. */
  readonly replace?: readonly string[];
  /** The program throws when so many of its resources are constructed. */
  readonly throwsAfter?: number;
  /** Whether all that is recorded is read before. */
  readonly refresh?: boolean;
}

/** One process of a command, under way. */
export interface Run {
  readonly process: ModelProcess;
  readonly stack: Stack;
  readonly options: DeployOptions;
  readonly ops: Record<string, Op>;
  /** Which resources of the program are done. */
  readonly registered: Set<string>;
  readonly outputs: Record<string, PropertyBag>;
  readonly failures: string[];
}

/** A run of which nothing is done yet. */
export function beginRun(process: ModelProcess, stack: Stack, options: DeployOptions): Run {
  return { process, stack, options, ops: {}, registered: new Set(), outputs: {}, failures: [] };
}

/** Does a part of it. @returns `undefined` when that failed: the run keeps why. */
export async function failing<T>({ failures }: Run, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    failures.push(error.message);
    return undefined;
  }
}
