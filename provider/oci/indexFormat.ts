import { ProviderError } from "../errors";
import type { IndexEntry, IndexSpec } from "./indexSpec";
import { mediaTypes } from "./mediaTypes";

/** Why an index cannot be in Docker's format. */
interface Obstacle {
  /** The input's path. */
  readonly path: string;
  /** What such an index cannot do: `carry a subject`. */
  readonly problem: string;
}

/**
 * The media type that an index is to have.
 * @param spec - its `format` decides; `entries` in it are not looked at.
 * @param entries - what the index will list.
 * @throws ERR_INPUT_INVALID when Docker's format is asked for and cannot carry something; its path names the input.
 * @see https://github.com/distribution/distribution/blob/v2.8.3/docs/spec/manifest-v2-2.md#manifest-list-field-descriptions
 */
export function chooseIndexMediaType(spec: IndexSpec, entries: readonly IndexEntry[]): string {
  if (spec.format === "oci") return mediaTypes.ociIndex;
  const obstacle = dockerObstacle(spec, entries);
  if (obstacle === undefined) return mediaTypes.dockerManifestList;
  if (spec.format === "auto") return mediaTypes.ociIndex;
  const message = `${obstacle.path}: an index in Docker format cannot ${obstacle.problem}. Use format "oci" or "auto".`;
  throw new ProviderError("ERR_INPUT_INVALID", message, { path: obstacle.path });
}

function dockerObstacle(spec: IndexSpec, entries: readonly IndexEntry[]): Obstacle | undefined {
  if (!isEmpty(spec.annotations)) return { path: "annotations", problem: "carry annotations" };
  if (spec.subject) return { path: "subject", problem: "carry a subject" };
  if (spec.artifactType) return { path: "artifactType", problem: "carry an artifact type" };
  if (entries.length === 0) return { path: "images", problem: "be empty" };
  for (const { descriptor, path } of entries) {
    if (descriptor.mediaType !== mediaTypes.dockerManifest) {
      return { path, problem: `list a manifest of media type ${descriptor.mediaType}, only Docker manifests` };
    }
    if (!isEmpty(descriptor.annotations)) return { path, problem: "carry annotations of an image" };
    if (descriptor.artifactType) return { path, problem: "carry the artifact type of an image" };
    if (descriptor.platform === undefined) return { path, problem: "list an image without a platform" };
  }
  return undefined;
}

function isEmpty(annotations: Readonly<Record<string, string>> = {}): boolean {
  return Object.keys(annotations).length === 0;
}
