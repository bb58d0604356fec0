import type * as pulumi from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/pulumi/resource";
import type { Descriptor } from "../provider/oci/descriptor";
import { flattenReference, type ImageReference, isImageResource } from "./imageReference";
import { argumentError, isFields, isLater, type OptionalInput } from "./input";
import type { PlatformInput } from "./platform";
import { PlatformImage } from "./platformImage";

/** An image for an index with something said of it that the image itself does not say. */
export interface DescribedImageArgs {
  /** A reference, or the resource that pushes the image. */
  image: PlatformImage | ImageReference;
  /** Completes what the image's config says, must not contradict it, and picks the image out of an index. */
  platform?: PlatformInput | undefined;
  /** Annotations of the image's descriptor in the index. */
  annotations?: OptionalInput<Record<string, pulumi.Input<string>>>;
  /** The digest of another provider's image, which is empty where the reference is not known. @internal */
  digest?: OptionalInput<string>;
}

/**
 * An image as an index takes it: a resource that stands for one, a reference (`host/repository:tag`, `host/repository@digest`, or `:tag` and
 * `@digest` in the index's own repository), or either with a platform or annotations.
 */
export type ImageInput = PlatformImage | DescribedImageArgs | ImageReference;

/** A PlatformImage as it crosses to the provider. @internal */
export interface FlatPlatformImage {
  /** The image's own. */
  descriptor: pulumi.Input<Descriptor>;
  /** Descriptors of the attestations that came along. */
  attestationManifests?: OptionalInput<Descriptor[]>;
  /** The registry's address. */
  address: pulumi.Input<string>;
  /** The repository that the image is in. */
  repository: pulumi.Input<string>;
}

/**
 * The input under which an image crosses to the provider. A resource would arrive as its bare id, so it is taken apart.
 * @param at - the index and the image's path, for errors.
 * @throws when it is a resource that stands for no image.
 */
export function flattenImage(image: ImageInput, at: string): pulumi.Input<unknown> {
  if (isReference(image)) return flattenOne(image, at);
  if (!isFields(image)) return image;
  const { image: described, ...said } = image;
  const flat = flattenOne(described, at);
  return isFields(flat) && "digest" in flat ? { ...flat, ...said } : { ...said, image: flat };
}

function isReference(image: ImageInput): image is PlatformImage | ImageReference {
  return typeof image === "string" || isLater(image) || CustomResource.isInstance(image);
}

function flattenOne(image: PlatformImage | ImageReference, at: string): FlatPlatformImage | pulumi.Input<unknown> {
  if (PlatformImage.isInstance(image)) return flattenResource(image);
  if (isImageResource(image) && !("createdTags" in image))
    // The digest of other providers' images is empty in a preview that does not know it, while the reference seems to be known.
    return { image: image.ref, digest: image.digest };
  if (CustomResource.isInstance(image) && !isImageResource(image))
    throw argumentError(at, "an image is needed, but it is a resource without `ref` and `digest`. Give its reference.");
  return flattenReference(image);
}

function flattenResource({ descriptor, attestationManifests, address, repository }: PlatformImage): FlatPlatformImage {
  return { descriptor, attestationManifests, address, repository };
}
