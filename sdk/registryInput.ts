import type * as pulumi from "@pulumi/pulumi";
import * as outputs from "@pulumi/pulumi/output";
import type { ConnectionArgs } from "./connection";
import { withSecrets } from "./connection";
import { Registry } from "./registry";
import { canonicalAddress } from "./registryAddress";

/**
 * A registry of Azure as azure-native has it, a `Registry` or what `getRegistry` gives; or what a program says of one itself, with
 * anything of a connection beside it. Only `loginServer` and `id` are taken of a resource.
 */
export interface AzureRegistryArgs extends Omit<ConnectionArgs, "address" | "resourceId"> {
  /** Its address, for example `example.azurecr.io`. */
  loginServer: pulumi.Input<string>;
  /** Its resource id, for imports and builds that Azure itself does. */
  id?: pulumi.Input<string>;
}

/** A registry as other resources take it: the resource, its arguments, a registry of Azure, or its address alone. */
export type RegistryInput = Registry | ConnectionArgs | AzureRegistryArgs | pulumi.Input<string>;

/** The inputs under which a registry crosses to the provider. A resource would arrive as its bare id, so it is taken apart. */
export function flattenRegistry(registry: RegistryInput): ConnectionArgs {
  if (Registry.isInstance(registry)) return { ...registry.connection, address: registry.address };
  if (typeof registry === "string") return { address: canonicalAddress(registry) };
  if (outputs.Output.isInstance(registry) || registry instanceof Promise) return flattenLater(registry);
  if (!("loginServer" in registry)) return withSecrets(registry);
  const { loginServer: address, id } = registry;
  return withSecrets({ ...registry, address, ...(id !== undefined && { resourceId: id }) });
}

/**
 * What tells two registries of a program apart before any address is known: the canonical address where the program says it as a
 * text, else the output that the address comes from.
 */
export function programAddress(registry: RegistryInput): unknown {
  if (Registry.isInstance(registry)) return registry.connection.address;
  if (typeof registry === "string") return canonicalAddress(registry);
  if (outputs.Output.isInstance(registry) || registry instanceof Promise) return registry;
  const address = "loginServer" in registry ? registry.loginServer : registry.address;
  return typeof address === "string" ? canonicalAddress(address) : address;
}

/** What comes as one output may turn out to be an address, or what `getRegistryOutput` gives. */
function flattenLater(registry: pulumi.Input<string>): ConnectionArgs {
  const fields = outputs.output(registry).apply((value: unknown) => {
    const { loginServer, id } = Object(value);
    return { address: typeof value === "string" ? value : loginServer, resourceId: id };
  });
  return {
    address: canonicalAddress(fields.apply(({ address }) => address)),
    resourceId: fields.apply(({ resourceId }) => resourceId),
  };
}
