import type { ModelRegistry } from "./registry";

/** Which registry answers under which name; two names may lead to one registry. */
export type Network = Readonly<Record<string, ModelRegistry>>;

/** Every registry once. */
export function registriesOf(network: Network): readonly ModelRegistry[] {
  return [...new Set(Object.values(network))];
}

/** The registry that a name leads to, as DNS would find it. */
export function registryAt(network: Network, host: string): ModelRegistry {
  const registry = network[host.toLowerCase()];
  if (registry === undefined) throw new Error(`the model has no registry at ${host}`);
  return registry;
}
