import type * as pulumi from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/pulumi/resource";

/** A resource that stands for an image, as a `MultiArchImage`, an `ImportedImage` or an `Image` of @pulumi/docker-build do. */
export interface ImageResource extends pulumi.CustomResource {
  /** `host/repository@digest`, or with a tag before the digest. */
  readonly ref: pulumi.Output<string>;
  /** The digest of the image's manifest or index. */
  readonly digest: pulumi.Output<string>;
}

/** An image of a registry: a reference, or the resource that pushes it. */
export type ImageReference = ImageResource | pulumi.Input<string>;

/** Whether a value is a resource that stands for an image. */
export function isImageResource(value: unknown): value is ImageResource {
  return CustomResource.isInstance(value) && "ref" in value && "digest" in value;
}

/** The reference under which an image crosses to the provider: a resource would arrive as its bare id. */
export function flattenReference(image: ImageReference): pulumi.Input<string> {
  return isImageResource(image) ? image.ref : image;
}
