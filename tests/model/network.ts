import type { ModelRegistry } from "./registry";

/** Which registry answers under which name; two names may lead to one registry. */
export type Network = Readonly<Record<string, ModelRegistry>>;

/** Every registry once. */
export function registriesOf(network: Network): readonly ModelRegistry[] {
  return [...new Set(Object.values(network))];
}

/** The registry that a name leads to, as DNS would find it; `undefined` when there is none. */
export function registryAt(network: Network, host: string): ModelRegistry | undefined {
  return network[apiHosts[host.toLowerCase()] ?? host.toLowerCase()];
}

/** Docker Hub's references name a host that does not serve the API. */
const apiHosts: Readonly<Record<string, string>> = { "docker.io": "registry-1.docker.io" };

/** Registries of the same content and past, under the same names. */
export function cloneNetwork(network: Network): Network {
  const clones = new Map(registriesOf(network).map((registry) => [registry, registry.clone()]));
  return Object.fromEntries(
    Object.entries(network).map(([host, registry]) => [host, clones.get(registry) ?? registry]),
  );
}
