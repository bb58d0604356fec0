import { ProviderError } from "../errors";
import type { Descriptor } from "./descriptor";
import { digestOf } from "./digest";
import { encodeIndex } from "./indexEncode";
import { chooseIndexMediaType } from "./indexFormat";
import { orderEntries } from "./indexOrder";
import { platformsOf } from "./indexPlatforms";
import { checkIndex, warnOfOrder } from "./indexRules";
import type { IndexSpec } from "./indexSpec";
import { manifestLimit } from "./manifest";

export type { IndexSpec } from "./indexSpec";

/** An index, ready to be pushed. */
export interface BuiltIndex {
  readonly bytes: Uint8Array;
  /** mediaType, digest and size of `bytes`. */
  readonly descriptor: Descriptor;
  /** All entries in their final order. */
  readonly manifests: readonly Descriptor[];
  /** The attestations among them. */
  readonly attestations: readonly Descriptor[];
  /** `formatPlatform` of each image's platform to its digest, in the index's order. */
  readonly platforms: Readonly<Record<string, string>>;
  /** What was left out, and why: a sentence each. */
  readonly notes: readonly string[];
  /** What is allowed and yet probably not meant: a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Builds the index that a specification asks for. It depends on nothing but the specification, and equal ones give equal bytes.
 * Images come first, in declared order, then attestations in the order of their images. Of each descriptor the annotations
 * and the artifact type survive; `urls` and `data` do not: they speak of the place that it was taken from.
 * @throws ERR_INPUT_INVALID for a nested index, over 1,000 entries, a malformed artifact type, and in Docker's format for
 * whatever it cannot carry; `path` names the input.
 * @throws ERR_PLATFORM_DUPLICATE for two images of one platform, ERR_PLATFORM_MISSING for a required platform without an image.
 * @throws ERR_CONTENT_TOO_LARGE for an index over 4 MiB.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md
 */
export function buildIndex(spec: IndexSpec): BuiltIndex {
  const { images, attestations, notes } = orderEntries(
    spec.entries.map(({ descriptor, path }) => ({ descriptor: withoutPlace(descriptor), path })),
  );
  checkIndex(spec, images, attestations);
  const entries = [...images, ...attestations];
  const manifests = entries.map((entry) => entry.descriptor);
  const mediaType = chooseIndexMediaType(spec, entries);
  const bytes = encodeIndex({
    mediaType,
    manifests,
    ...(spec.artifactType && { artifactType: spec.artifactType }),
    ...(spec.subject && { subject: withoutPlace(spec.subject) }),
    ...(spec.annotations && { annotations: spec.annotations }),
  });
  refuseTooLarge(bytes);
  return {
    bytes,
    descriptor: { mediaType, digest: digestOf(bytes), size: bytes.byteLength },
    manifests,
    attestations: attestations.map((entry) => entry.descriptor),
    platforms: platformsOf(manifests),
    notes,
    warnings: warnOfOrder(images),
  };
}

function withoutPlace(descriptor: Descriptor): Descriptor {
  const { urls, data, ...rest } = descriptor;
  return rest;
}

function refuseTooLarge(bytes: Uint8Array): void {
  if (bytes.byteLength <= manifestLimit) return;
  const message =
    `images: the index would have ${bytes.byteLength} bytes; registries accept ${manifestLimit}. ` +
    "Take out images or shorten the annotations.";
  throw new ProviderError("ERR_CONTENT_TOO_LARGE", message, { limit: manifestLimit, actual: bytes.byteLength });
}
