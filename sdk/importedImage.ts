import type * as pulumi from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/pulumi/resource";
import type { BehaviourArgs } from "./behaviour";
import { callTimeouts, withCustomTimeouts } from "./customTimeouts";
import type { ImageReference } from "./imageReference";
import type { PlatformInput } from "./platform";
import { dependingOn, notePushedTags } from "./programTags";
import { withoutPromiseStacks } from "./promiseStacks";
import { providerText } from "./provider";
import { digestReference, tagReferences } from "./references";
import type { RegistryInput } from "./registryInput";
import { flattenRegistry, programAddress } from "./registryInput";
import { warnOfLostOptions } from "./resourceOptions";
import { resourceUrn } from "./resourceUrn";
import { flattenImage } from "./source";
import { parseTaggedId } from "./taggedId";

const type = "pulumi-nodejs:dynamic/multiarch:ImportedImage";

/** What an {@link ImportedImage} is copied from. */
export interface ImportSourceArgs {
  /** `host/repository:tag`, `host/repository@digest` or a resource: an index, an image of one platform, or any other artifact. */
  image: ImageReference;
  /** How to reach that registry. Default: as its address says, with the environment's credentials. */
  registry?: RegistryInput;
}

/** The arguments of {@link ImportedImage}. */
export interface ImportedImageArgs extends BehaviourArgs {
  registry: RegistryInput;
  /** For example `mirror/alpine`. */
  repository: pulumi.Input<string>;
  /** The tags that name the copy. None: it is there by its digest alone. */
  tags: pulumi.Input<pulumi.Input<string>[]>;
  source: ImportSourceArgs;
  /**
   * The platforms to copy, of an index with more; what a pattern leaves out, such as the variant, matches anything. They get
   * an index of their own, with another digest than the source's, also when it is only one. Default: everything is copied as
   * it is, and the digest stays.
   */
  platforms?: PlatformInput[];
  /**
   * Whether what refers to the copied manifests (signatures, SBOMs) comes along: `none` (default), `direct` what refers to them,
   * `recursive` also what refers to that, four levels deep; and what cosign keeps of them under tags of its own. What is new
   * at the source is a change: preview names it, and up brings it. What is gone there stays here.
   */
  copyReferrers?: pulumi.Input<"none" | "direct" | "recursive">;
  /** With `platforms`: whether the images' attestations (provenance, SBOM) come along. Default: `keep`. */
  attestations?: pulumi.Input<"keep" | "drop">;
  /** Platforms without which the source is refused. What a pattern leaves out, such as the variant, matches anything. */
  requiredPlatforms?: PlatformInput[];
  /**
   * Whether the copy follows the source's tag: `true` (default) looks at it in every preview and up, and shows what would
   * change; with `false` what the tag named at first stays until the program names another source. A digest never moves.
   */
  follow?: pulumi.Input<boolean>;
  /** The digest that was approved; any other is refused before anything is written. */
  expectedDigest?: pulumi.Input<string>;
}

/**
 * A copy of an image from another repository or registry: of a multi-architecture image as it is, digest included, or of some
 * of its platforms. Layers are mounted within a registry, and otherwise pass through without being stored. Preview tells the
 * exact digest.
 *
 * @example
 * ```ts
 * const alpine = new multiarch.ImportedImage("alpine", {
 *   registry, repository: "mirror/alpine", tags: ["3.20"],
 *   source: { image: "docker.io/library/alpine:3.20" },
 * });
 * export const image = alpine.ref;
 * ```
 */
export class ImportedImage extends CustomResource {
  /** The copy's digest: the source's own, unless only some platforms are copied. */
  declare readonly digest: pulumi.Output<string>;
  declare readonly mediaType: pulumi.Output<string>;
  /** The size of the index or manifest in bytes. */
  declare readonly manifestSize: pulumi.Output<number>;
  /** Digest of each platform's image, by platform such as `linux/arm64`. */
  declare readonly platforms: pulumi.Output<Record<string, string>>;
  /** What else the copy leads to, by digest: `attestation of linux/arm64`, or `no platform`, as of nested indexes. */
  declare readonly otherManifests: pulumi.Output<Record<string, string>>;
  /** What the source's reference pointed at. */
  declare readonly sourceDigest: pulumi.Output<string>;
  /** What refers to the copied manifests, with `copyReferrers`: the digest of each referrer's subject, by its own digest. */
  declare readonly referrers: pulumi.Output<Record<string, string>>;
  /** What cosign keeps of the copied manifests under tags of its own, with `copyReferrers`: the digest, by tag. */
  declare readonly referrerTags: pulumi.Output<Record<string, string>>;
  /** By tag or child: the digest that it names instead of ours, or `gone`; absent when nothing drifted. */
  declare readonly drift: pulumi.Output<Record<string, string> | undefined>;
  /** The index's or manifest's text, exactly as copied. */
  declare readonly manifest: pulumi.Output<string>;
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

  constructor(name: string, args: ImportedImageArgs, opts?: pulumi.CustomResourceOptions) {
    const { platforms, source, ...others } = args;
    const registry = withCustomTimeouts(flattenRegistry(args.registry), opts);
    const inputs = {
      ...others,
      registry,
      source: flattenImage(source),
      // `platforms` is an output: a state cannot hold both.
      ...(platforms !== undefined && { selectedPlatforms: platforms }),
      resourceUrn: resourceUrn(type, name, opts),
      ...callTimeouts(opts),
    };
    const place = { address: programAddress(args.registry), repository: args.repository };
    const read = [source.image];
    const stacks = withoutPromiseStacks();
    try {
      super(
        type,
        name,
        { __provider: providerText("importedImage"), ...inputs, ...outputs },
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
   * Reads an image that exists, in every preview and up. Its digest is there as an output; it is never changed or removed.
   * @param name - of the resource in this program.
   * @param id - `host/repository:tag`.
   * @param registry - how to reach it. Default: as its address says, with the environment's credentials.
   */
  static get(
    name: string,
    id: string,
    registry?: RegistryInput,
    opts?: Omit<pulumi.CustomResourceOptions, "id">,
  ): ImportedImage {
    const { address, repository, tag } = parseTaggedId("ImportedImage", id);
    const args = { registry: registry ?? address, repository, tags: [tag], source: { image: id } };
    return new ImportedImage(name, args, { ...opts, id });
  }
}

const outputs = {
  digest: undefined,
  mediaType: undefined,
  manifestSize: undefined,
  platforms: undefined,
  otherManifests: undefined,
  sourceDigest: undefined,
  referrers: undefined,
  referrerTags: undefined,
  drift: undefined,
  manifest: undefined,
  createdTags: undefined,
  adoptedTags: undefined,
};
