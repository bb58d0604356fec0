import type * as pulumi from "@pulumi/pulumi";
import * as outputs from "@pulumi/pulumi/output";
import { ComponentResource } from "@pulumi/pulumi/resource";
import type { BehaviourArgs } from "../behaviour";
import { defined } from "../defined";
import { argumentError, isFields, type OptionalInput, resourceTitle } from "../input";
import { MultiArchImage } from "../multiArchImage";
import type { PlatformInput } from "../platform";
import type { RegistryInput } from "../registryInput";
import { AcrRun, type RunSettingsArgs } from "./acrRun";
import { acrTaskYaml, platformTags } from "./taskYaml";

/** How one platform's image is built, as `docker build` takes it. */
export interface PlatformBuildArgs {
  /** The Dockerfile's path within the context. Default: `Dockerfile`. */
  dockerfile?: OptionalInput<string>;
  /** Values of the Dockerfile's ARGs. Everyone who can pull the image can read them. */
  buildArgs?: OptionalInput<Record<string, pulumi.Input<string>>>;
  /** The stage of the Dockerfile to stop at. Default: the last one. */
  target?: OptionalInput<string>;
}

/** The arguments of {@link AcrBuild}. */
export interface AcrBuildArgs extends BehaviourArgs, RunSettingsArgs {
  /** With its resource id: an azure-native `Registry`, or `{loginServer, id}`. */
  registry: RegistryInput;
  /** For example `team/server`. */
  repository: pulumi.Input<string>;
  /** The tags that name the index. */
  tags: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The source: a local folder (relative to the program's; uploaded without what `.dockerignore` leaves out, and without `.git`), or
   * the URL of a git repository (`https://…/app.git#branch:folder`) or of a tarball, which Azure fetches.
   * A URL must not carry a secret.
   */
  context: pulumi.Input<string>;
  /** By platform (`linux/arm64`): how its image is built. A text is the Dockerfile's path. */
  platforms: Readonly<Record<string, pulumi.Input<string> | PlatformBuildArgs>>;
  /**
   * Template of the tag of each platform's image, with `{tag}` (the index's first one), `{os}`, `{arch}` and `{variant}`.
   * Default: `{tag}-{os}-{arch}{variant}`.
   */
  buildTag?: OptionalInput<string>;
  /** A task of your own in place of the one that is made of `platforms`; it has to push each platform's image under its `buildTag`. */
  task?: OptionalInput<string>;
  /** Annotations of the index; Docker's format cannot carry any. */
  annotations?: OptionalInput<Record<string, pulumi.Input<string>>>;
  /** `auto` (default): Docker's format if every image is in it, else OCI. */
  format?: OptionalInput<"auto" | "oci" | "docker">;
  /** Platforms without which the index is refused. Default: all of `platforms`. */
  requiredPlatforms?: OptionalInput<PlatformInput[]>;
}

const type = "multiarch:azure:AcrBuild";
const defaultBuildTag = "{tag}-{os}-{arch}{variant}";

/**
 * A multi-architecture image that Azure builds: ACR Tasks makes one image for each platform, each with its own Dockerfile and
 * `--platform`, and pushes it; then a `MultiArchImage` makes the index over them, which it refuses when an image's config
 * contradicts the platform that it was built for. Nothing is built on this machine. Preview tells whether it has to be built
 * again; the new digests are known only after the build.
 *
 * @example
 * ```ts
 * const server = new AcrBuild("server", {
 *   registry, repository: "team/server", tags: ["1.4.0"], context: "./server",
 *   platforms: { "linux/amd64": "dockerfile.amd64", "linux/arm64": "dockerfile.arm64" },
 * });
 * export const image = server.ref;
 * ```
 */
export class AcrBuild extends ComponentResource {
  /** The index. */
  readonly index: MultiArchImage;
  /** The index's digest. */
  readonly digest: pulumi.Output<string>;
  /** `host/repository@digest`. */
  readonly ref: pulumi.Output<string>;
  /** `host/repository:tag` for each tag. */
  readonly tagRefs: pulumi.Output<string[]>;
  /** Digest of each platform's image. */
  readonly platforms: pulumi.Output<Record<string, string>>;
  /** The last run's id, as `az acr task logs --run-id` takes it. */
  readonly runId: pulumi.Output<string>;

  /** Declares the build and the index over its images. */
  constructor(name: string, args: AcrBuildArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    const title = resourceTitle("AcrBuild", name);
    if (!isFields(args?.platforms))
      throw argumentError(title, 'platforms: an object such as {"linux/arm64": "Dockerfile"} is needed. Give one.');
    const { registry, repository, tags, onConflict, onDelete, reconcile } = args;
    const behaviour = defined({ onConflict, onDelete, reconcile });
    const run = new AcrRun(name, { ...runArgs(args), registry, repository, ...behaviour }, { parent: this });
    this.index = new MultiArchImage(
      name,
      {
        ...indexArgs(args),
        registry,
        repository,
        tags,
        images: Object.keys(args.platforms).map((platform) => ({
          image: run.digests.apply((digests) => `@${digests[platform]}`),
          platform,
        })),
        requiredPlatforms: args.requiredPlatforms ?? Object.keys(args.platforms),
      },
      { parent: this },
    );
    this.digest = this.index.digest;
    this.ref = this.index.ref;
    this.tagRefs = this.index.tagRefs;
    this.platforms = this.index.platforms;
    this.runId = run.runId;
    const { digest, ref, tagRefs, platforms, runId } = this;
    this.registerOutputs({ digest, ref, tagRefs, platforms, runId });
  }
}

/** The arguments of the index: all that are not the run's, those of no name as well, which check then refuses. */
function indexArgs({
  context: _context,
  platforms: _platforms,
  buildTag: _buildTag,
  task: _task,
  timeoutSeconds: _timeoutSeconds,
  cpu: _cpu,
  agentPool: _agentPool,
  sourceRegistryIdentity: _identity,
  triggers: _triggers,
  ...others
}: AcrBuildArgs) {
  return others;
}

/** The inputs of the run: the task, the tag of each platform's image, and its settings. */
function runArgs(args: AcrBuildArgs) {
  const { context: source, timeoutSeconds, cpu, agentPool, sourceRegistryIdentity, triggers } = args;
  const { repository, tags, buildTag, task: given } = args;
  const platforms = outputs.output(args.platforms);
  const template = outputs
    .all([tags, buildTag])
    .apply(([all, text = defaultBuildTag]) => text.replaceAll("{tag}", all?.[0] ?? ""));
  const made = outputs
    .all([template, platforms, repository])
    .apply(([tag, builds, name]) => acrTaskYaml({ repository: name, tag, platforms: builds }));
  const images = outputs.all([template, platforms, given]).apply(([tag, builds, ownTask]) => {
    const named = platformTags(tag, Object.keys(builds));
    const dockerfileOf = (build: string | { readonly dockerfile?: string | undefined }) =>
      typeof build === "string" ? build : (build.dockerfile ?? "Dockerfile");
    return Object.fromEntries(
      Object.entries(builds).map(([platform, build]) => {
        const image = { tag: named[platform] ?? "" };
        return [platform, ownTask === undefined ? { ...image, dockerfile: dockerfileOf(build) } : image];
      }),
    );
  });
  const settings = defined({ timeoutSeconds, cpu, agentPool, sourceRegistryIdentity, triggers });
  const task = given === undefined ? made : outputs.all([given, made]).apply(([own, ours]) => own ?? ours);
  return { source, task, images, ...settings };
}
