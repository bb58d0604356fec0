import { createRegistryPool } from "../distribution/registryClient";
import { systemClock } from "../http/clock";
import { createClaims } from "../resources/claims";
import { createTagLooks } from "../resources/tagLooks";
import type { Host } from "./dynamic";
import { tell } from "./log";

/** What all handlers of this process share: one pool of registry clients, one set of claims, one memory of looks. */
export function createHost(): Host {
  const clock = systemClock;
  const { env: environment } = process;
  let config: (key: string) => string | undefined = () => undefined;
  const registry = createRegistryPool({
    clock,
    environment,
    config: (key) => config(key),
    notify: (message) => tell("info", message),
  });
  const warned = new Set<string>();
  return {
    configure(given) {
      config = (key) => given.get(key);
    },
    context: {
      clock,
      environment,
      directory: process.cwd(),
      claims: createClaims(),
      looks: createTagLooks(clock),
      registry,
      warn(message) {
        if (!warned.has(message)) tell("warn", message);
        warned.add(message);
      },
    },
  };
}
