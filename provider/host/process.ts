import { createResourceManagerPool } from "../azure/resourceManager";
import { createRegistryPool, type World } from "../distribution/registryClient";
import { createTurns, type Turns } from "../distribution/turns";
import { isProviderError, messageOf } from "../errors";
import { type Clock, systemClock } from "../http/clock";
import { requestLog } from "../http/requestLog";
import type { Context } from "../resources/context";
import { PartialFailure } from "../resources/lifecycle";
import { createProgramPlan, type ProgramPlan } from "../resources/process/programPlan";
import { createProgress } from "../resources/process/progress";
import { createTagSnapshots } from "../resources/process/tagSnapshots";
import { currentUrn, workingOn } from "./calls";
import type { Host } from "./dynamic";
import { type Message, tell as tellEngine } from "./log";
import { watchCommand } from "./orphan";
import { leaveParserUnoptimised } from "./parser";
import { sharedByCopies } from "./sharedByCopies";
import { hasLiveDisplay } from "./terminal";

/** The parts of the machine and of Pulumi that a process is given. */
export interface HostWorld {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths resolve against. */
  readonly directory: string;
  /** Whether a display shows progress. */
  readonly isWatched: boolean;
  tell(message: Message): void;
  /** As {@link Context.plan}. */
  readonly plan: ProgramPlan;
  /** As {@link Context.turns}. */
  readonly turns: Turns;
  /** Has this process end when the Pulumi command is gone. */
  watchCommand(): void;
  /** As {@link World.transport}. */
  readonly transport?: NonNullable<World["transport"]>;
}

function systemWorld(): HostWorld {
  const { env: environment } = process;
  const isWatched = hasLiveDisplay(environment, process.ppid);
  return {
    clock: systemClock,
    environment,
    directory: process.cwd(),
    isWatched,
    tell: tellEngine,
    plan: sharedByCopies("plan", createProgramPlan),
    turns: sharedByCopies("turns", createTurns),
    watchCommand: () => watchCommand(() => process.exit(1)),
  };
}

/**
 * What all handlers of this process share: one pool of registry clients, one memory of looks, and, also with those of another copy of
 * this package, one plan of the program: a tag belongs to one resource, whichever copy it comes from. Warnings and
 * progress stand at the resource; nothing is followed where no display shows it. What only `--debug` shows stands there, too: the
 * log of requests, and the stack of an error that this package does not know.
 * @param given - what differs from this machine's own.
 */
export function createHost(given: Partial<HostWorld> = {}): Host {
  const world = { ...systemWorld(), ...given };
  const { clock, environment, directory, isWatched, tell, plan, turns, transport } = world;
  let isConfigured = false;
  let config: (key: string) => string | undefined = () => undefined;
  // Known only once the engine has called: a program that calls a function loads this, too.
  const warnings: string[] = [];
  const watch = requestLog({
    environment,
    clock,
    warn: (text) => warnings.push(text),
    open() {
      const urn = currentUrn();
      return (text) => tell({ kind: "debug", text, urn });
    },
  });
  const registry = createRegistryPool({
    clock,
    environment,
    config: (key) => config(key),
    notify: (text) => tell({ kind: "info", text }),
    ...(watch && { watch }),
    ...(transport && { transport }),
  });
  const shared = {
    clock,
    environment,
    directory,
    plan,
    turns,
    tagSnapshots: createTagSnapshots(clock),
    sourceSnapshots: createTagSnapshots(clock),
    registry,
    resourceManager: createResourceManagerPool({ clock, environment, ...(watch && { watch }) }),
    ...(watch && { watch }),
  };
  const warned = new Set<string>();
  const contextOf = (urn: string | undefined): Context => ({
    ...shared,
    ...(urn !== undefined && { resource: urn }),
    inform: (text) => tell({ kind: "info", text, urn }),
    warn(text) {
      const key = `${urn} ${text}`;
      if (!warned.has(key)) tell({ kind: "warning", text, urn });
      warned.add(key);
    },
    ...(isWatched && watching(clock, (text) => tell({ kind: "progress", text, urn }))),
  });
  return {
    configure(given) {
      // The engine configures the provider's process alone: a program that calls a function is left as it is.
      leaveParserUnoptimised();
      if (!isConfigured) world.watchCommand();
      isConfigured = true;
      for (const text of warnings.splice(0)) tell({ kind: "warning", text });
      config = (key) => given.get(key);
    },
    async call(urn, work) {
      const run = () => work(contextOf(urn));
      try {
        // Following calls slows down all promises of a process.
        return await (watch === undefined ? run() : workingOn(urn, run));
      } catch (error) {
        if (isUnexpected(error)) tell({ kind: "debug", text: error.stack ?? messageOf(error), urn });
        throw error;
      }
    },
  };
}

function isUnexpected(error: unknown): error is Error {
  return error instanceof Error && !isProviderError(error) && !(error instanceof PartialFailure);
}

function watching(clock: Clock, report: (row: string) => void) {
  return { report, progress: createProgress(clock, report) };
}
