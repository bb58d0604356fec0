import type * as pulumi from "@pulumi/pulumi";
import * as outputs from "@pulumi/pulumi/output";
import type { PlatformInput } from "./platform";
import { PlatformImage } from "./platformImage";

/** An image for an index with something said of it that the image itself does not say. */
export interface DescribedImageArgs {
  image: PlatformImage | pulumi.Input<string>;
  /** Completes what the image's config says, must not contradict it, and picks the image out of an index. */
  platform?: PlatformInput;
  /** Annotations of the image's descriptor in the index. */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * An image as an index takes it: a resource, a reference (`host/repository:tag`, `host/repository@digest`, or `:tag` and
 * `@digest` in the index's own repository), or either with a platform or annotations.
 */
export type ImageInput = PlatformImage | DescribedImageArgs | pulumi.Input<string>;

/** The input under which an image crosses to the provider. A resource would arrive as its bare id, so it is taken apart. */
export function flattenImage(image: ImageInput): pulumi.Input<unknown> {
  if (PlatformImage.isInstance(image)) return flattenResource(image);
  if (isReference(image)) return image;
  return { ...image, image: PlatformImage.isInstance(image.image) ? flattenResource(image.image) : image.image };
}

function isReference(image: Exclude<ImageInput, PlatformImage>): image is pulumi.Input<string> {
  return typeof image === "string" || outputs.Output.isInstance(image) || image instanceof Promise;
}

function flattenResource({ descriptor, attestationManifests, address, repository }: PlatformImage): pulumi.Inputs {
  return { descriptor, attestationManifests, address, repository };
}
