import type * as pulumi from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/pulumi/resource";
import type { ConnectionArgs } from "./connection";
import { withSecrets } from "./connection";
import { withCustomTimeouts } from "./customTimeouts";
import type { OptionalInput } from "./input";
import { ProviderResource } from "./resource";

/** The arguments of {@link Registry}. */
export interface RegistryArgs extends ConnectionArgs {
  /** Ask the registry's `/v2/` in preview and up, so that a wrong address or password fails at once. Default: true. */
  preflight?: OptionalInput<boolean>;
}

/**
 * A container registry that speaks the OCI distribution API. It creates nothing: it is the one place where a program says how
 * to reach and sign in to the registry, and the point where a wrong address or password shows, already in preview.
 *
 * @example
 * ```ts
 * const registry = new multiarch.Registry("registry", {
 *   address: "registry.example.com",
 *   credentials: { username: "ci", passwordEnv: "REGISTRY_PASSWORD" },
 * });
 * ```
 */
export class Registry extends ProviderResource {
  /** `host[:port]`, canonical: `docker.io` for all of Docker Hub's names. */
  declare readonly address: pulumi.Output<string>;
  /** The registry's API version (`registry/2.0`); absent without preflight or when it does not say. */
  declare readonly apiVersion: pulumi.Output<string | undefined>;
  /** How to reach it, for the resources that use it. @internal */
  readonly connection: ConnectionArgs;

  /** Registers the resource. Its arguments are checked in preview, before anything changes. */
  constructor(name: string, args: RegistryArgs, opts?: pulumi.CustomResourceOptions) {
    const { preflight, ...given } = args ?? {};
    const connection = withCustomTimeouts(withSecrets(given), opts);
    const inputs = { ...connection, ...(preflight !== undefined && { preflight }) };
    super("Registry", name, { inputs, outputs: ["apiVersion"] }, opts);
    this.connection = connection;
  }

  /** Whether a value is a Registry of this or another copy of the package. */
  static override isInstance(value: unknown): value is Registry {
    return CustomResource.isInstance(value) && "connection" in value;
  }
}
