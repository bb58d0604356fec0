import type * as pulumi from "@pulumi/pulumi";
import type { BehaviourArgs } from "./behaviour";
import { callTimeouts, withCustomTimeouts } from "./customTimeouts";
import { flattenSource, readReferences } from "./flattenSource";
import type { ImageReference } from "./imageReference";
import { type OptionalInput, resourceTitle } from "./input";
import type { PlatformInput } from "./platform";
import { digestReference, platformReferences, tagReferences } from "./references";
import type { RegistryInput } from "./registryInput";
import { flattenRegistry, programAddress } from "./registryInput";
import { ProviderResource } from "./resource";
import { parseTaggedId } from "./taggedId";

/** The source of an {@link ImportedImage}. */
export interface ImportSourceArgs {
  /** `host/repository:tag`, `host/repository@digest` or a resource: an index, an image of one platform, or any other artifact. */
  image: ImageReference;
  /** How to reach that registry. Default: as its address says, with the environment's credentials. */
  registry?: RegistryInput | undefined;
}

/** The arguments of {@link ImportedImage}. */
export interface ImportedImageArgs extends BehaviourArgs {
  /** The registry: the resource, its arguments, a registry of Azure, or its address alone. */
  registry: RegistryInput;
  /** For example `mirror/alpine`. */
  repository: pulumi.Input<string>;
  /** The tags that name the copy. None: it is there by its digest alone. */
  tags: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The image to copy: its reference (`alpine:3.20`; `:candidate` in the same repository), the resource that pushes it, or either with
   * the registry that it is on.
   */
  source: ImportSourceArgs | ImageReference;
  /**
   * The platforms to copy, of an index with more; what a pattern leaves out, such as the variant, matches anything. They get
   * an index of their own, with another digest than the source's, also when it is only one. Default: everything is copied as
   * it is, and the digest stays.
   * @crossesAs selectedPlatforms A state cannot hold both this and the output of its name.
   */
  platforms?: OptionalInput<PlatformInput[]>;
  /**
   * Whether what refers to the copied manifests (signatures, SBOMs) comes along: `none` (default), `direct` what refers to them,
   * `recursive` also what refers to that, four levels deep; and what cosign keeps of them under tags of its own. What is new
   * at the source is a change: preview names it, and up brings it. What is gone there stays here.
   */
  copyReferrers?: OptionalInput<"none" | "direct" | "recursive">;
  /** With `platforms`: whether the images' attestations (provenance, SBOM) come along. Default: `keep`. */
  attestations?: OptionalInput<"keep" | "drop">;
  /** Platforms without which the source is refused. What a pattern leaves out, such as the variant, matches anything. */
  requiredPlatforms?: OptionalInput<PlatformInput[]>;
  /**
   * Whether the copy follows the source's tag: `true` (default) looks at it in every preview and up, and shows what would
   * change; with `false` what the tag named at first stays until the program names another source. A digest never moves.
   */
  follow?: OptionalInput<boolean>;
  /** The digest that was approved; any other is refused before anything is written. */
  expectedDigest?: OptionalInput<string>;
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
export class ImportedImage extends ProviderResource {
  /** The copy's digest: the source's own, unless only some platforms are copied. */
  declare readonly digest: pulumi.Output<string>;
  /** The media type of the index or manifest. */
  declare readonly mediaType: pulumi.Output<string>;
  /** The size of the index or manifest in bytes. */
  declare readonly manifestSize: pulumi.Output<number>;
  /** Digest of each platform's image, by platform such as `linux/arm64`. */
  declare readonly platforms: pulumi.Output<Record<string, string>>;
  /** The other manifests of the copy, by digest: `attestation of linux/arm64`, or `no platform`, as of nested indexes. */
  declare readonly otherManifests: pulumi.Output<Record<string, string>>;
  /** The digest that the source's reference named. */
  declare readonly sourceDigest: pulumi.Output<string>;
  /** The referrers of the copied manifests, with `copyReferrers`: the digest of each referrer's subject, by its own digest. */
  declare readonly referrers: pulumi.Output<Record<string, string>>;
  /** The manifests that cosign keeps about the copied ones under tags of its own, with `copyReferrers`: the digest, by tag. */
  declare readonly referrerTags: pulumi.Output<Record<string, string>>;
  /** By tag or child: the digest that it names instead of ours, or `gone`; absent when nothing drifted. */
  declare readonly drift: pulumi.Output<Record<string, string> | undefined>;
  /** The index's or manifest's text, exactly as copied. */
  declare readonly manifest: pulumi.Output<string>;
  /** Tags that this resource wrote, and so will remove. */
  declare readonly createdTags: pulumi.Output<string[]>;
  /** Tags that named the digest before; they are never removed. */
  declare readonly adoptedTags: pulumi.Output<string[]>;
  /** The repository that the copy is in. */
  declare readonly repository: pulumi.Output<string>;
  /** The tags that name the copy. */
  declare readonly tags: pulumi.Output<string[]>;
  /** `host/repository@digest`. */
  readonly ref: pulumi.Output<string>;
  /** `host/repository:tag` for each tag. */
  readonly tagRefs: pulumi.Output<string[]>;
  /** `host/repository@digest` of each platform's image, by platform such as `linux/arm64`. */
  readonly platformRefs: pulumi.Output<Record<string, string>>;

  /** Registers the resource. Its arguments are checked in preview, before anything changes. */
  constructor(name: string, args: ImportedImageArgs, opts?: pulumi.CustomResourceOptions) {
    const title = resourceTitle("ImportedImage", name);
    const { platforms, source, repository, tags, ...others } = args ?? {};
    const registry = withCustomTimeouts(flattenRegistry(others.registry, `${title}: registry`), opts);
    const inputs = {
      ...others,
      registry,
      repository,
      tags,
      source: flattenSource(source, title),
      ...(platforms !== undefined && { selectedPlatforms: platforms }),
      ...callTimeouts(opts),
    };
    const place = { address: programAddress(others.registry), repository, tags };
    super("ImportedImage", name, { inputs, outputs, place, reads: readReferences(source) }, opts);
    this.ref = digestReference(registry.address, this);
    this.tagRefs = tagReferences(registry.address, this);
    this.platformRefs = platformReferences(registry.address, this);
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

const outputs = [
  "digest",
  "mediaType",
  "manifestSize",
  "platforms",
  "otherManifests",
  "sourceDigest",
  "referrers",
  "referrerTags",
  "drift",
  "manifest",
  "createdTags",
  "adoptedTags",
];
