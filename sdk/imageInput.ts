import type * as pulumi from "@pulumi/pulumi";
import * as outputs from "@pulumi/pulumi/output";
import { flattenReference, type ImageReference, isImageResource } from "./imageReference";
import type { PlatformInput } from "./platform";
import { PlatformImage } from "./platformImage";

/** An image for an index with something said of it that the image itself does not say. */
export interface DescribedImageArgs {
  image: PlatformImage | ImageReference;
  /** Completes what the image's config says, must not contradict it, and picks the image out of an index. */
  platform?: PlatformInput;
  /** Annotations of the image's descriptor in the index. */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * An image as an index takes it: a resource that stands for one, a reference (`host/repository:tag`, `host/repository@digest`, or `:tag` and
 * `@digest` in the index's own repository), or either with a platform or annotations.
 */
export type ImageInput = PlatformImage | DescribedImageArgs | ImageReference;

/** The input under which an image crosses to the provider. A resource would arrive as its bare id, so it is taken apart. */
export function flattenImage(image: ImageInput): pulumi.Input<unknown> {
  if (isReference(image)) return flattenOne(image);
  const { image: described, ...said } = image;
  const flat = flattenOne(described);
  return typeof flat === "object" && "digest" in flat ? { ...flat, ...said } : { ...said, image: flat };
}

function isReference(image: ImageInput): image is PlatformImage | ImageReference {
  const isLater = outputs.Output.isInstance(image) || image instanceof Promise;
  return typeof image === "string" || isLater || isImageResource(image);
}

function flattenOne(image: PlatformImage | ImageReference): pulumi.Inputs | pulumi.Input<string> {
  if (PlatformImage.isInstance(image)) return flattenResource(image);
  if (!isImageResource(image) || "createdTags" in image) return flattenReference(image);
  // The digest of other providers' images is empty in a preview that does not know it, while the reference seems to be known.
  return { image: image.ref, digest: image.digest };
}

function flattenResource({ descriptor, attestationManifests, address, repository }: PlatformImage): pulumi.Inputs {
  return { descriptor, attestationManifests, address, repository };
}
