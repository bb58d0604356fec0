import type * as pulumi from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/pulumi/resource";
import type { Descriptor } from "../provider/oci/descriptor";
import type { BehaviourArgs } from "./behaviour";
import type { ConnectionArgs } from "./connection";
import { callTimeouts, withCustomTimeouts } from "./customTimeouts";
import type { ImageInput } from "./imageInput";
import { flattenImage } from "./imageInput";
import { type ImageResource, isImageResource } from "./imageReference";
import type { PlatformInput } from "./platform";
import { dependingOn, notePushedTags } from "./programTags";
import { withoutPromiseStacks } from "./promiseStacks";
import { providerText } from "./provider";
import { digestReference, tagReferences } from "./references";
import type { RegistryInput } from "./registryInput";
import { flattenRegistry, programAddress } from "./registryInput";
import { warnOfLostOptions } from "./resourceOptions";
import { resourceUrn } from "./resourceUrn";
import { parseTaggedId } from "./taggedId";

const type = "pulumi-nodejs:dynamic/multiarch:MultiArchImage";

/** The arguments of {@link MultiArchImage}. */
export interface MultiArchImageArgs extends BehaviourArgs {
  registry: RegistryInput;
  /** For example `team/server`. */
  repository: pulumi.Input<string>;
  /** The tags that name the index. None: it is pushed by digest alone. */
  tags: pulumi.Input<pulumi.Input<string>[]>;
  /** One image for each platform, in the order in which the index lists them. */
  images: ImageInput[];
  /** Annotations of the index; Docker's format cannot carry any. */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** `auto` (default): Docker's format if every image is in it and nothing needs OCI's, else OCI. */
  format?: pulumi.Input<"auto" | "oci" | "docker">;
  /** Platforms without which the index is refused. What a pattern leaves out, such as the variant, matches anything. */
  requiredPlatforms?: PlatformInput[];
  /** Whether the images' attestations (provenance, SBOM) are listed too. Default: `keep`. */
  attestations?: pulumi.Input<"keep" | "drop">;
  /** `config` (default): referenced images' configs must agree with the platforms they are listed under. `none`: believe them. */
  verify?: pulumi.Input<"config" | "none">;
  /** Digest of a manifest in the same repository that this index refers to. */
  subject?: ImageResource | pulumi.Input<string>;
  /** Media type of what the index is, where it is not an image. */
  artifactType?: pulumi.Input<string>;
  /** Template of a tag for each child, with `{tag}`, `{os}`, `{arch}`, `{variant}`: for registries that collect untagged manifests. */
  childTag?: pulumi.Input<string>;
  /** Refuse references by tag: only digests are the same tomorrow. Default: false. */
  pinSources?: pulumi.Input<boolean>;
  /** The digest that was approved; any other is refused before anything is written. */
  expectedDigest?: pulumi.Input<string>;
  /**
   * How to reach the registries that references name, where the environment's credentials do not do. For other repositories of the
   * index's own registry they come before `registry`. Two that contradict each other, or `registry` in the index's own repository,
   * are refused.
   */
  sourceRegistries?: RegistryInput[];
}

/**
 * A multi-architecture image: an index over one image for each platform, under tags. Preview tells its exact digest and what
 * changes platform by platform; up pushes children first and the tags last, repairs drift and never touches tags of others.
 *
 * @example
 * ```ts
 * const server = new multiarch.MultiArchImage("server", {
 *   registry, repository: "team/server", tags: ["1.4.0", "latest"],
 *   images: [amd64, arm64, "registry.example.com/team/server:1.4.0-s390x"],
 *   requiredPlatforms: ["linux/amd64", "linux/arm64"],
 * });
 * export const image = server.ref;
 * ```
 */
export class MultiArchImage extends CustomResource {
  /** The index's digest. */
  declare readonly digest: pulumi.Output<string>;
  declare readonly mediaType: pulumi.Output<string>;
  /** The index's size in bytes. */
  declare readonly manifestSize: pulumi.Output<number>;
  /** Digest of each platform's image, by platform such as `linux/arm64`. */
  declare readonly platforms: pulumi.Output<Record<string, string>>;
  /** What else the index lists, by digest: `attestation of linux/arm64`, or `no platform`. */
  declare readonly otherManifests: pulumi.Output<Record<string, string>>;
  /** What the references among `images` pointed at, by reference. */
  declare readonly sources: pulumi.Output<Record<string, string>>;
  /** By tag: the digest that it names instead of ours, or `gone`; absent when nothing drifted. */
  declare readonly drift: pulumi.Output<Record<string, string> | undefined>;
  /** The index's text, exactly as pushed. */
  declare readonly manifest: pulumi.Output<string>;
  /** Descriptors of the attestations that the index lists. */
  declare readonly attestationManifests: pulumi.Output<Descriptor[]>;
  /** Tags that this resource wrote, and so will remove. */
  declare readonly createdTags: pulumi.Output<string[]>;
  /** Tags that named the digest before; they are never removed. */
  declare readonly adoptedTags: pulumi.Output<string[]>;
  declare readonly repository: pulumi.Output<string>;
  declare readonly tags: pulumi.Output<string[]>;
  /** `host/repository@digest`. */
  readonly ref: pulumi.Output<string>;
  /** `host/repository:tag` for each tag. */
  readonly tagRefs: pulumi.Output<string[]>;

  constructor(name: string, args: MultiArchImageArgs, opts?: pulumi.CustomResourceOptions) {
    const registry = withCustomTimeouts(flattenRegistry(args.registry), opts);
    const inputs = {
      ...args,
      registry,
      images: args.images.map(flattenImage),
      ...(args.subject !== undefined && {
        subject: isImageResource(args.subject) ? args.subject.digest : args.subject,
      }),
      ...flattenSourceRegistries(args.sourceRegistries),
      resourceUrn: resourceUrn(type, name, opts),
      ...callTimeouts(opts),
    };
    const place = { address: programAddress(args.registry), repository: args.repository };
    const read = args.images.map((image) => (typeof image === "object" && "image" in image ? image.image : image));
    const stacks = withoutPromiseStacks();
    try {
      super(
        type,
        name,
        { __provider: providerText("multiArchImage"), ...inputs, ...outputs },
        dependingOn(opts, read, place),
      );
    } catch (error) {
      throw stacks.addTo(error);
    } finally {
      stacks.resume();
    }
    notePushedTags(this, place, args.tags);
    warnOfLostOptions(this, opts);
    this.ref = digestReference(registry.address, this);
    this.tagRefs = tagReferences(registry.address, this);
  }

  /**
   * Reads an index that exists, in every preview and up. Its digest and platforms are there as outputs; it is never changed or
   * removed.
   * @param name - of the resource in this program.
   * @param id - `host/repository:tag`.
   * @param registry - how to reach it. Default: as its address says, with the environment's credentials.
   */
  static get(
    name: string,
    id: string,
    registry?: RegistryInput,
    opts?: Omit<pulumi.CustomResourceOptions, "id">,
  ): MultiArchImage {
    const { address, repository, tag } = parseTaggedId("MultiArchImage", id);
    return new MultiArchImage(
      name,
      { registry: registry ?? address, repository, tags: [tag], images: [] },
      { ...opts, id },
    );
  }
}

function flattenSourceRegistries(registries: readonly RegistryInput[] | undefined): {
  sourceRegistries?: ConnectionArgs[];
} {
  return registries === undefined ? {} : { sourceRegistries: registries.map(flattenRegistry) };
}

const outputs = {
  digest: undefined,
  mediaType: undefined,
  manifestSize: undefined,
  platforms: undefined,
  otherManifests: undefined,
  sources: undefined,
  drift: undefined,
  manifest: undefined,
  attestationManifests: undefined,
  createdTags: undefined,
  adoptedTags: undefined,
  childTags: undefined,
};
