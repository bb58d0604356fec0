import type * as pulumi from "@pulumi/pulumi";
import type { Descriptor } from "../provider/oci/descriptor";
import type { BehaviourArgs } from "./behaviour";
import { callTimeouts, withCustomTimeouts } from "./customTimeouts";
import type { ImageInput } from "./imageInput";
import { flattenImage } from "./imageInput";
import { type ImageResource, isImageResource } from "./imageReference";
import { isFields, type OptionalInput, resourceTitle } from "./input";
import type { PlatformInput } from "./platform";
import { digestReference, platformReferences, tagReferences } from "./references";
import type { RegistryInput } from "./registryInput";
import { flattenRegistry, programAddress } from "./registryInput";
import { ProviderResource } from "./resource";
import { parseTaggedId } from "./taggedId";

/** The arguments of {@link MultiArchImage}. */
export interface MultiArchImageArgs extends BehaviourArgs {
  /** The registry: the resource, its arguments, a registry of Azure, or its address alone. */
  registry: RegistryInput;
  /** For example `team/server`. */
  repository: pulumi.Input<string>;
  /** The tags that name the index. None: it is pushed by digest alone. */
  tags: pulumi.Input<pulumi.Input<string>[]>;
  /** One image for each platform, in the order in which the index lists them. */
  images: ImageInput[] | pulumi.Input<pulumi.Input<string>[]>;
  /** Annotations of the index; Docker's format cannot carry any. */
  annotations?: OptionalInput<Record<string, pulumi.Input<string>>>;
  /** `auto` (default): Docker's format if every image is in it and nothing needs OCI's, else OCI. */
  format?: OptionalInput<"auto" | "oci" | "docker">;
  /** Platforms without which the index is refused. What a pattern leaves out, such as the variant, matches anything. */
  requiredPlatforms?: OptionalInput<PlatformInput[]>;
  /** Whether the images' attestations (provenance, SBOM) are listed too. Default: `keep`. */
  attestations?: OptionalInput<"keep" | "drop">;
  /** `config` (default): referenced images' configs must agree with the platforms they are listed under. `none`: believe them. */
  verify?: OptionalInput<"config" | "none">;
  /** Digest of a manifest in the same repository that this index refers to. */
  subject?: ImageResource | OptionalInput<string>;
  /** Media type of what the index is, where it is not an image. */
  artifactType?: OptionalInput<string>;
  /** Template of a tag for each child, with `{tag}`, `{os}`, `{arch}`, `{variant}`: for registries that collect untagged manifests. */
  childTag?: OptionalInput<string>;
  /** Refuse references by tag: only digests are the same tomorrow. Default: false. */
  pinSources?: OptionalInput<boolean>;
  /** The digest that was approved; any other is refused before anything is written. */
  expectedDigest?: OptionalInput<string>;
  /**
   * How to reach the registries that references name, where the environment's credentials do not do. For other repositories of the
   * index's own registry they come before `registry`. Two that contradict each other, or `registry` in the index's own repository,
   * are refused.
   */
  sourceRegistries?: RegistryInput[] | undefined;
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
export class MultiArchImage extends ProviderResource {
  /** The index's digest. */
  declare readonly digest: pulumi.Output<string>;
  /** The index's media type: OCI's or Docker's. */
  declare readonly mediaType: pulumi.Output<string>;
  /** The index's size in bytes. */
  declare readonly manifestSize: pulumi.Output<number>;
  /** Digest of each platform's image, by platform such as `linux/arm64`. */
  declare readonly platforms: pulumi.Output<Record<string, string>>;
  /** The other manifests that the index lists, by digest: `attestation of linux/arm64`, or `no platform`. */
  declare readonly otherManifests: pulumi.Output<Record<string, string>>;
  /** The digest of each reference among `images`, by reference. */
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
  /** The repository that the index is in. */
  declare readonly repository: pulumi.Output<string>;
  /** The tags that name the index. */
  declare readonly tags: pulumi.Output<string[]>;
  /** `host/repository@digest`. */
  readonly ref: pulumi.Output<string>;
  /** `host/repository:tag` for each tag. */
  readonly tagRefs: pulumi.Output<string[]>;
  /** `host/repository@digest` of each platform's image, by platform such as `linux/arm64`. */
  readonly platformRefs: pulumi.Output<Record<string, string>>;

  /** Registers the resource. Its arguments are checked in preview, before anything changes. */
  constructor(name: string, args: MultiArchImageArgs, opts?: pulumi.CustomResourceOptions) {
    const title = resourceTitle("MultiArchImage", name);
    const { images, subject, sourceRegistries, tags, repository, ...others } = args ?? {};
    const registry = withCustomTimeouts(flattenRegistry(others.registry, `${title}: registry`), opts);
    const inputs = {
      ...others,
      registry,
      repository,
      tags,
      images: Array.isArray(images) ? images.map((image, i) => flattenImage(image, `${title}: images[${i}]`)) : images,
      ...(subject !== undefined && { subject: isImageResource(subject) ? subject.digest : subject }),
      ...(sourceRegistries !== undefined && { sourceRegistries: flattenAll(sourceRegistries, title) }),
      ...callTimeouts(opts),
    };
    const reads = Array.isArray(images) ? images.map(readBy) : [];
    const place = { address: programAddress(others.registry), repository, tags };
    super("MultiArchImage", name, { inputs, outputs, place, reads }, opts);
    this.ref = digestReference(registry.address, this);
    this.tagRefs = tagReferences(registry.address, this);
    this.platformRefs = platformReferences(registry.address, this);
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

/** The reference or resource that an index reads for one of its images. */
function readBy(image: ImageInput): unknown {
  return isFields(image) && "image" in image ? image.image : image;
}

function flattenAll(registries: RegistryInput[], title: string): pulumi.Input<unknown> {
  if (!Array.isArray(registries)) return registries;
  return registries.map((registry, i) => flattenRegistry(registry, `${title}: sourceRegistries[${i}]`));
}

const outputs = [
  "digest",
  "mediaType",
  "manifestSize",
  "platforms",
  "otherManifests",
  "sources",
  "drift",
  "manifest",
  "attestationManifests",
  "createdTags",
  "adoptedTags",
  "childTags",
];
