import type * as pulumi from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/pulumi/resource";
import type { Descriptor } from "../provider/oci/descriptor";
import type { BehaviourArgs } from "./behaviour";
import { callTimeouts, withCustomTimeouts } from "./customTimeouts";
import { flattenSource, readReferences, secretEnvironment } from "./flattenSource";
import type { ImageReference } from "./imageReference";
import { type OptionalInput, resourceTitle } from "./input";
import type { PlatformInput } from "./platform";
import { digestReference } from "./references";
import type { RegistryInput } from "./registryInput";
import { flattenRegistry, programAddress } from "./registryInput";
import { ProviderResource } from "./resource";
import type { SourceArgs } from "./source";

/** The arguments of {@link PlatformImage}. */
export interface PlatformImageArgs extends BehaviourArgs {
  /** The registry: the resource, its arguments, a registry of Azure, or its address alone. */
  registry: RegistryInput;
  /** For example `team/server`. */
  repository: pulumi.Input<string>;
  /** Default: none. The image is then found by its digest, which is all that an index needs. */
  tag?: OptionalInput<string>;
  /** The platform that the image is meant for. The image's own config must agree. */
  platform: PlatformInput;
  /**
   * Where the image comes from: files, an OCI layout, an archive, the Docker engine, or an image on a registry. That also as its
   * reference alone (`alpine:3.20`; `:candidate` in the image's own repository) or as the resource that pushes it.
   */
  source: SourceArgs | ImageReference;
  /** Annotations of the image's manifest; only for an image made from files, because others keep their bytes. */
  annotations?: OptionalInput<Record<string, pulumi.Input<string>>>;
  /**
   * The parts of the image that must agree with `platform`: `config` the image's config, `binaries` (default for files) also the headers of the
   * executables among them, `none` nothing.
   */
  verify?: OptionalInput<"config" | "binaries" | "none">;
  /**
   * The treatment of a missing source: `fail` (default), or `keep` what was pushed last, if the registry still has
   * it: for an `up` from a job without the build's outputs.
   */
  ifSourceMissing?: OptionalInput<"fail" | "keep">;
  /** The names of the variables in `source.config.env` that are secret, which the provider cannot tell. @internal */
  secretEnvironment?: OptionalInput<string[]>;
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
export class PlatformImage extends ProviderResource {
  /** mediaType, digest, size in bytes and platform: what an index says of the image. */
  declare readonly descriptor: pulumi.Output<Descriptor>;
  /** The manifest's digest. */
  declare readonly digest: pulumi.Output<string>;
  /** Descriptors of the attestations that came along. */
  declare readonly attestationManifests: pulumi.Output<Descriptor[]>;
  /** The digest of the image's config. */
  declare readonly configDigest: pulumi.Output<string>;
  /** Digests of the layers, base first. */
  declare readonly layers: pulumi.Output<string[]>;
  /** Config and layers together, in bytes as they are stored. */
  declare readonly size: pulumi.Output<number>;
  /** The repository that the image is in. */
  declare readonly repository: pulumi.Output<string>;
  /** The referrers of the image and its attestations, with `copyReferrers`: the digest of each referrer's subject, by its own digest. */
  declare readonly referrers: pulumi.Output<Record<string, string>>;
  /** The manifests that cosign keeps about the image and its attestations under tags of its own, with `copyReferrers`: the digest, by tag. */
  declare readonly referrerTags: pulumi.Output<Record<string, string>>;
  /** By tag or digest: what it names instead, or `gone`; absent when nothing drifted. */
  declare readonly drift: pulumi.Output<Record<string, string> | undefined>;
  /** The tag, if this resource created it and so will remove it. */
  declare readonly createdTags: pulumi.Output<string[]>;
  /** The tag, if it named the digest before; it is never removed. */
  declare readonly adoptedTags: pulumi.Output<string[]>;
  /** `host/repository@digest`. */
  readonly ref: pulumi.Output<string>;
  /** The registry's address, for the index over this image. @internal */
  readonly address: pulumi.Input<string>;

  /** Registers the resource. Its arguments are checked in preview, before anything changes. */
  constructor(name: string, args: PlatformImageArgs, opts?: pulumi.CustomResourceOptions) {
    const title = resourceTitle("PlatformImage", name);
    const { source, tag, repository, ...others } = args ?? {};
    const registry = withCustomTimeouts(flattenRegistry(others.registry, `${title}: registry`), opts);
    const inputs = {
      ...others,
      registry,
      repository,
      ...(tag !== undefined && { tag }),
      source: flattenSource(source, title),
      ...secretEnvironment(source),
      ...callTimeouts(opts),
    };
    const place = { address: programAddress(others.registry), repository, tags: tag };
    super("PlatformImage", name, { inputs, outputs, place, reads: readReferences(source) }, opts);
    this.address = registry.address;
    this.ref = digestReference(registry.address, this);
  }

  /** Whether a value is a PlatformImage of this or another copy of the package. */
  static override isInstance(value: unknown): value is PlatformImage {
    return CustomResource.isInstance(value) && "descriptor" in value && "address" in value;
  }
}

const outputs = [
  "descriptor",
  "digest",
  "attestationManifests",
  "configDigest",
  "layers",
  "size",
  "referrers",
  "referrerTags",
  "drift",
  "createdTags",
  "adoptedTags",
];
