import type * as pulumi from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/pulumi/resource";
import type { Descriptor } from "../provider/oci/descriptor";
import type { BehaviourArgs } from "./behaviour";
import { callTimeouts, withCustomTimeouts } from "./customTimeouts";
import type { PlatformInput } from "./platform";
import { dependingOn, notePushedTags } from "./programTags";
import { withoutPromiseStacks } from "./promiseStacks";
import { providerText } from "./provider";
import { digestReference } from "./references";
import type { RegistryInput } from "./registryInput";
import { flattenRegistry, programAddress } from "./registryInput";
import { warnOfLostOptions } from "./resourceOptions";
import { resourceUrn } from "./resourceUrn";
import type { SourceArgs } from "./source";
import { flattenSource, readReferences, secretEnvironment } from "./source";

const type = "pulumi-nodejs:dynamic/multiarch:PlatformImage";

/** The arguments of {@link PlatformImage}. */
export interface PlatformImageArgs extends BehaviourArgs {
  registry: RegistryInput;
  /** For example `team/server`. */
  repository: pulumi.Input<string>;
  /** Default: none. The image is then found by its digest, which is all that an index needs. */
  tag?: pulumi.Input<string>;
  /** The platform that the image is meant for. The image's own config must agree. */
  platform: PlatformInput;
  source: SourceArgs;
  /** Annotations of the image's manifest; only for an image made from files, because others keep their bytes. */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * What must agree with `platform`: `config` the image's config, `binaries` (default for files) also the headers of the
   * executables among them, `none` nothing.
   */
  verify?: pulumi.Input<"config" | "binaries" | "none">;
  /**
   * What happens when the source is not there: `fail` (default), or `keep` what was pushed last, if the registry still has
   * it: for an `up` from a job without the build's outputs.
   */
  ifSourceMissing?: pulumi.Input<"fail" | "keep">;
}

/**
 * One platform's image in a repository, brought there from files, an OCI layout or another registry. Its digest is known in
 * preview, before anything is pushed.
 *
 * @example
 * ```ts
 * const arm64 = new multiarch.PlatformImage("server-arm64", {
 *   registry, repository: "team/server", platform: "linux/arm64",
 *   source: { files: { "/usr/bin/server": "out/arm64/server" }, config: { entrypoint: ["/usr/bin/server"] } },
 * });
 * ```
 */
export class PlatformImage extends CustomResource {
  /** mediaType, digest, size in bytes and platform: what an index says of the image. */
  declare readonly descriptor: pulumi.Output<Descriptor>;
  /** The manifest's digest. */
  declare readonly digest: pulumi.Output<string>;
  /** Descriptors of the attestations that came along. */
  declare readonly attestationManifests: pulumi.Output<Descriptor[]>;
  declare readonly configDigest: pulumi.Output<string>;
  /** Digests of the layers, base first. */
  declare readonly layers: pulumi.Output<string[]>;
  /** Config and layers together, in bytes as they are stored. */
  declare readonly size: pulumi.Output<number>;
  declare readonly repository: pulumi.Output<string>;
  /** What refers to the image and its attestations, with `copyReferrers`: the digest of each referrer's subject, by its own digest. */
  declare readonly referrers: pulumi.Output<Record<string, string>>;
  /** What cosign keeps of the image and its attestations under tags of its own, with `copyReferrers`: the digest, by tag. */
  declare readonly referrerTags: pulumi.Output<Record<string, string>>;
  /** By tag or digest: what it names instead, or `gone`; absent when nothing drifted. */
  declare readonly drift: pulumi.Output<Record<string, string> | undefined>;
  /** Whether this resource created its tag, and so will remove it. */
  declare readonly createdTags: pulumi.Output<string[]>;
  declare readonly adoptedTags: pulumi.Output<string[]>;
  /** `host/repository@digest`. */
  readonly ref: pulumi.Output<string>;
  /** The registry's address, for the index over this image. @internal */
  readonly address: pulumi.Input<string>;

  constructor(name: string, args: PlatformImageArgs, opts?: pulumi.CustomResourceOptions) {
    const registry = withCustomTimeouts(flattenRegistry(args.registry), opts);
    const inputs = {
      ...args,
      registry,
      source: flattenSource(args.source),
      resourceUrn: resourceUrn(type, name, opts),
      ...callTimeouts(opts),
      ...secretEnvironment(args.source),
    };
    const place = { address: programAddress(args.registry), repository: args.repository };
    const read = readReferences(args.source);
    const stacks = withoutPromiseStacks();
    try {
      super(
        type,
        name,
        { __provider: providerText("platformImage"), ...inputs, ...outputs },
        dependingOn(opts, read, place),
      );
    } catch (error) {
      throw stacks.addTo(error);
    } finally {
      stacks.resume();
    }
    notePushedTags(this, place, args.tag);
    warnOfLostOptions(this, opts);
    this.address = registry.address;
    this.ref = digestReference(registry.address, this);
  }

  /** Whether a value is a PlatformImage of this or another copy of the package. */
  static override isInstance(value: unknown): value is PlatformImage {
    return CustomResource.isInstance(value) && "descriptor" in value && "address" in value;
  }
}

const outputs = {
  descriptor: undefined,
  digest: undefined,
  attestationManifests: undefined,
  configDigest: undefined,
  layers: undefined,
  size: undefined,
  referrers: undefined,
  referrerTags: undefined,
  drift: undefined,
  createdTags: undefined,
  adoptedTags: undefined,
};
