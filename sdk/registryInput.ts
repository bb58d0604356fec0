import type * as pulumi from "@pulumi/pulumi";
import * as outputs from "@pulumi/pulumi/output";
import { CustomResource } from "@pulumi/pulumi/resource";
import type { ConnectionArgs } from "./connection";
import { connectionNames, withSecrets } from "./connection";
import type { OptionalInput } from "./input";
import { argumentError, isFields } from "./input";
import { Registry } from "./registry";
import { canonicalAddress } from "./registryAddress";

/**
 * A registry of Azure as azure-native has it, a `Registry` or what `getRegistry` gives; or what a program says of one itself, with
 * anything of a connection beside it. Only `loginServer` and `id` are taken of a resource.
 * @nodejs The provider knows connections alone.
 */
export interface AzureRegistryArgs extends Omit<ConnectionArgs, "address" | "resourceId"> {
  /** Its address, for example `example.azurecr.io`. */
  loginServer: pulumi.Input<string>;
  /** Its resource id, for imports and builds that Azure itself does. */
  id?: OptionalInput<string>;
}

/** A registry as other resources take it: the resource, its arguments, a registry of Azure, or its address alone. */
export type RegistryInput = Registry | ConnectionArgs | AzureRegistryArgs | pulumi.Input<string>;

/**
 * The inputs under which a registry crosses to the provider. A resource would arrive as its bare id, so it is taken apart.
 * @param at - the resource and the argument's path, for errors.
 * @throws when it is missing, or a resource that is no registry.
 */
export function flattenRegistry(registry: RegistryInput, at: string): ConnectionArgs {
  if (Registry.isInstance(registry)) return { ...registry.connection, address: registry.address };
  if (typeof registry === "string") return { address: canonicalAddress(registry) };
  if (outputs.Output.isInstance(registry) || registry instanceof Promise) return flattenLater(registry);
  if (!isFields(registry)) throw argumentError(at, `${forms} is needed, but it is ${describe(registry)}`);
  if ("loginServer" in registry) return flattenAzure(registry);
  if (CustomResource.isInstance(registry))
    throw argumentError(at, `${forms} is needed, but it is another resource. Give its address.`);
  return withSecrets(registry);
}

const forms = "a Registry, its arguments ({address: …}) or an address such as localhost:5000";

function describe(value: unknown): string {
  if (value === undefined || value === null) return "missing. Give it to the resource.";
  return `${Array.isArray(value) ? "a list" : `a ${typeof value}`}. Give one.`;
}

/** Of what azure-native gives only the members that a connection has: the rest speaks of other things. */
function flattenAzure({ loginServer: address, id, ...others }: AzureRegistryArgs): ConnectionArgs {
  const isForeign = CustomResource.isInstance(others) || "provisioningState" in others;
  const known = Object.entries(others).filter(([name]) => !isForeign || connectionNames.has(name));
  return withSecrets({ ...Object.fromEntries(known), address, ...(id !== undefined && { resourceId: id }) });
}

/**
 * Tells two registries of a program apart before any address is known: the canonical address where the program says it as a
 * text, else the output that the address comes from.
 */
export function programAddress(registry: RegistryInput): unknown {
  if (Registry.isInstance(registry)) return registry.connection.address;
  if (typeof registry === "string") return canonicalAddress(registry);
  if (outputs.Output.isInstance(registry) || registry instanceof Promise) return registry;
  const address = "loginServer" in registry ? registry.loginServer : registry.address;
  return typeof address === "string" ? canonicalAddress(address) : address;
}

/** An output may turn out to be an address, or the result of `getRegistryOutput`. */
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
