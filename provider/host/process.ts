import { createResourceManagerPool } from "../azure/resourceManager";
import { createRegistryPool } from "../distribution/registryClient";
import { type Clock, systemClock } from "../http/clock";
import { createProgramPlan } from "../resources/process/programPlan";
import { createProgress } from "../resources/progress";
import { createTagLooks } from "../resources/tagLooks";
import type { Host } from "./dynamic";
import { tell } from "./log";
import { leaveParserUnoptimised } from "./parser";
import { hasLiveDisplay } from "./terminal";

/**
 * What all handlers of this process share: one pool of registry clients, one set of claims, one memory of looks. Warnings and
 * progress stand at the resource; nothing is followed where no display shows it.
 */
export function createHost(): Host {
  const clock = systemClock;
  const { env: environment } = process;
  let config: (key: string) => string | undefined = () => undefined;
  const registry = createRegistryPool({
    clock,
    environment,
    config: (key) => config(key),
    notify: (text) => tell({ kind: "info", text }),
  });
  const shared = {
    clock,
    environment,
    directory: process.cwd(),
    plan: createProgramPlan(),
    looks: createTagLooks(clock),
    sourceLooks: createTagLooks(clock),
    registry,
    resourceManager: createResourceManagerPool({ clock, environment }),
  };
  const isWatched = hasLiveDisplay(environment, process.ppid);
  const warned = new Set<string>();
  return {
    configure(given) {
      // The engine configures the provider's process alone: a program that calls a function is left as it is.
      leaveParserUnoptimised();
      config = (key) => given.get(key);
    },
    context: (urn) => ({
      ...shared,
      ...(urn !== undefined && { resource: urn }),
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
