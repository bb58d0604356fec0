import type { LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { createResourceManagerPool } from "../../provider/azure/resourceManager";
import { createRegistryPool } from "../../provider/distribution/registryClient";
import { createTurns } from "../../provider/distribution/turns";
import type { Clock } from "../../provider/http/clock";
import type { Context } from "../../provider/resources/context";
import { createProgramPlan } from "../../provider/resources/process/programPlan";
import { createTagSnapshots } from "../../provider/resources/process/tagSnapshots";

/** A clock that stands still until it is told to move, or somebody waits: then the wait is over at once. */
export interface StillClock extends Clock {
  /** Lets so many seconds pass. */
  advance(seconds: number): void;
  /** Sets the machine's clock back by so many seconds; no time passes. */
  setBack(seconds: number): void;
}

/** What the lifecycles get of one provider process: all caches cold, nothing claimed, no look yet. */
export interface TestProcess {
  readonly context: Context;
  readonly clock: StillClock;
  /** What the user was warned of, in order. */
  readonly warnings: readonly string[];
  /** What the user was told of the progress, in order. */
  readonly progress: readonly string[];
}

/** What {@link startProcess} can be told. */
export interface ProcessOptions {
  /** What relative paths resolve against. */
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly clock?: StillClock;
  /** Looks up host names. */
  readonly lookup?: LookupFunction;
}

/**
 * Starts a provider process in all but name: the engine has one for a preview, another for the update, and so on.
 * Its environment holds no credentials of this machine.
 */
export function startProcess(options: ProcessOptions = {}): TestProcess {
  const { directory = tmpdir(), environment = {}, clock = stillClock(), lookup } = options;
  const warnings: string[] = [];
  const progress: string[] = [];
  const world = { HOME: "/nowhere", ...environment };
  return {
    clock,
    warnings,
    progress,
    context: {
      clock,
      directory,
      environment: world,
      plan: createProgramPlan(),
      tagSnapshots: createTagSnapshots(clock),
      sourceSnapshots: createTagSnapshots(clock),
      turns: createTurns(),
      registry: createRegistryPool({
        clock,
        environment: world,
        config: () => undefined,
        notify: () => {},
        ...(lookup && { lookup }),
      }),
      resourceManager: createResourceManagerPool({ clock, environment: world, ...(lookup && { lookup }) }),
      warn: (message) => warnings.push(message),
      inform: (message) => progress.push(message),
    },
  };
}

/** A clock that stands at one moment of 2024. */
export function stillClock(): StillClock {
  let now = Date.parse("2024-05-01T12:00:00Z");
  let offset = 0;
  return {
    now: () => now,
    date: () => now + offset,
    random: () => 0.5,
    sleep: async (milliseconds) => {
      now += Math.max(0, milliseconds);
    },
    advance: (seconds) => {
      now += seconds * 1000;
    },
    setBack: (seconds) => {
      offset -= seconds * 1000;
    },
  };
}
