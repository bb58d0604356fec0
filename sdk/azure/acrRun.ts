import type * as pulumi from "@pulumi/pulumi";
import type { BehaviourArgs } from "../behaviour";
import { withCustomTimeouts } from "../customTimeouts";
import { type OptionalInput, resourceTitle } from "../input";
import type { RegistryInput } from "../registryInput";
import { flattenRegistry } from "../registryInput";
import { ProviderResource } from "../resource";

/** How and where ACR Tasks runs. */
export interface RunSettingsArgs {
  /** The most that the whole run may take, in seconds, at most 28800. Default: 3600. */
  timeoutSeconds?: OptionalInput<number>;
  /** CPUs of the agent. */
  cpu?: OptionalInput<number>;
  /** The pool of agents that runs it, by name. Default: Azure's own agents. */
  agentPool?: OptionalInput<string>;
  /**
   * Who the run is to its own registry where rights are given for repositories (ABAC): `[caller]`, `[system]` or the client id of
   * a managed identity. Default: what the registry's own tasks may do.
   */
  sourceRegistryIdentity?: OptionalInput<string>;
  /** Anything whose change has it run again, such as a commit: nobody can see whether a git branch or a base image has moved. */
  triggers?: OptionalInput<Record<string, pulumi.Input<string>>>;
}

/** An image that a run pushes. */
export interface RunImageArgs {
  /** The tag that the run pushes it to. */
  tag: string;
  /** Its Dockerfile's path in the source; absent for a task of one's own. */
  dockerfile?: string;
}

/** The arguments of {@link AcrRun}. */
export interface AcrRunArgs extends BehaviourArgs, RunSettingsArgs {
  /** The registry that runs the task, with its resource id. */
  registry: RegistryInput;
  /** The repository that the images are pushed to. */
  repository: pulumi.Input<string>;
  /** The text of the task. */
  task: pulumi.Input<string>;
  /** A local folder, or the URL of a git repository or a tarball. */
  source: pulumi.Input<string>;
  /** The images that the task pushes to the repository, by platform. */
  images: pulumi.Input<Record<string, RunImageArgs>>;
}

/** A run of ACR Tasks, made again when its source, its task or a trigger changes. */
export class AcrRun extends ProviderResource {
  /** The digest of each platform's image. Not known in the preview of a run. */
  declare readonly digests: pulumi.Output<Record<string, string>>;
  /** Of everything that a local source gives to the build. */
  declare readonly contextDigest: pulumi.Output<string | undefined>;
  /** The last run's id, as `az acr task logs --run-id` takes it. */
  declare readonly runId: pulumi.Output<string>;
  /** By tag: the digest that it names instead of what was built, or `gone`. */
  declare readonly drift: pulumi.Output<Record<string, string> | undefined>;

  /** Registers the resource. Its arguments are checked in preview, before anything changes. */
  constructor(name: string, args: AcrRunArgs, opts?: pulumi.CustomResourceOptions) {
    const title = resourceTitle("AcrRun", name);
    const registry = withCustomTimeouts(flattenRegistry(args.registry, `${title}: registry`), opts);
    super("AcrRun", name, { inputs: { ...args, registry }, outputs }, opts);
  }
}

const outputs = ["contextDigest", "sourceLocation", "digests", "runId", "drift"];
