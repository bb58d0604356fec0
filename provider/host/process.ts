import { createResourceManagerPool } from "../azure/resourceManager";
import { createRegistryPool, type World } from "../distribution/registryClient";
import { type Clock, systemClock } from "../http/clock";
import { createClaims } from "../resources/claims";
import { createProgress } from "../resources/progress";
import { createTagLooks } from "../resources/tagLooks";
import type { Host } from "./dynamic";
import { type Message, tell } from "./log";
import { leaveParserUnoptimised } from "./parser";
import { hasLiveDisplay } from "./terminal";

/** What a process is given of the machine and of Pulumi. */
export interface HostWorld {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What relative paths resolve against. */
  readonly directory: string;
  /** Whether a display shows progress. */
  readonly isWatched: boolean;
  tell(message: Message): void;
  /** As {@link World.transport}. */
  readonly transport?: NonNullable<World["transport"]>;
}

function systemWorld(): HostWorld {
  const { env: environment } = process;
  const isWatched = hasLiveDisplay(environment, process.ppid);
  return { clock: systemClock, environment, directory: process.cwd(), isWatched, tell };
}

/**
 * What all handlers of this process share: one pool of registry clients, one set of claims, one memory of looks. Warnings and
 * progress stand at the resource; nothing is followed where no display shows it.
 * @param world - default: this machine's own.
 */
export function createHost(world: HostWorld = systemWorld()): Host {
  const { clock, environment, directory, isWatched, tell, transport } = world;
  let config: (key: string) => string | undefined = () => undefined;
  const registry = createRegistryPool({
    clock,
    environment,
    config: (key) => config(key),
    notify: (text) => tell({ kind: "info", text }),
    ...(transport && { transport }),
  });
  const shared = {
    clock,
    environment,
    directory,
    claims: createClaims(),
    looks: createTagLooks(clock),
    sourceLooks: createTagLooks(clock),
    registry,
    resourceManager: createResourceManagerPool({ clock, environment }),
  };
  const warned = new Set<string>();
  return {
    configure(given) {
      // The engine configures the provider's process alone: a program that calls a function is left as it is.
      leaveParserUnoptimised();
      config = (key) => given.get(key);
    },
    context: (urn) => ({
      ...shared,
      inform: (text) => tell({ kind: "info", text, urn }),
      warn(text) {
        const key = `${urn} ${text}`;
        if (!warned.has(key)) tell({ kind: "warning", text, urn });
        warned.add(key);
      },
      ...(isWatched && watching(clock, (text) => tell({ kind: "progress", text, urn }))),
    }),
  };
}

function watching(clock: Clock, report: (row: string) => void) {
  return { report, progress: createProgress(clock, report) };
}
