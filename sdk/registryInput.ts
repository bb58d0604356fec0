import * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs } from "./connection";
import { withSecrets } from "./connection";
import { Registry } from "./registry";

/** A registry as other resources take it: the resource, its arguments, or its address alone. */
export type RegistryInput = Registry | ConnectionArgs | pulumi.Input<string>;

/** The inputs under which a registry crosses to the provider. A resource would arrive as its bare id, so it is taken apart. */
export function flattenRegistry(registry: RegistryInput): ConnectionArgs {
  if (Registry.isInstance(registry)) return { ...registry.connection, address: registry.address };
  if (typeof registry === "string" || pulumi.Output.isInstance(registry) || registry instanceof Promise) {
    return { address: registry };
  }
  return withSecrets(registry);
}
