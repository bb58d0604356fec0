import { parseReference } from "../oci/reference";
import type { ImageInformation } from "./imageInformation";
import { readImage } from "./readImage";
import { targetOf } from "./readManifest";
import { type FunctionConnection, processListener, withRepository } from "./withRepository";

/** What {@link getImage} is asked for. */
export interface GetImageArgs {
  /**
   * `[host[:port]/]repository[:tag][@digest]`. With a digest the tag plays no part; without either, the tag `latest` is meant,
   * as `docker pull` has it.
   */
  readonly reference: string;
  /** How to reach the registry. Default: the environment's credentials; HTTP only for a loopback host. */
  readonly registry?: FunctionConnection;
}

/**
 * Looks at an image or index on a registry, without pulling its layers: its descriptor, the images by platform with their
 * sizes, annotations, attestations and the manifest's text. It changes nothing and needs the right to pull only.
 * An index costs one request and one more for each platform.
 * @throws ERR_REFERENCE_INVALID, ERR_INPUT_INVALID when `registry.address` is not the reference's.
 * @throws ERR_NOT_FOUND when there is no such repository, tag or digest.
 * @throws ERR_CONTENT_INVALID, ERR_MEDIA_TYPE_UNSUPPORTED for content that is neither an image manifest nor an index.
 * @throws ERR_AUTH, ERR_REGISTRY, ERR_TRANSPORT, ERR_TLS, ERR_TIMEOUT when the registry cannot be asked.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
 */
export async function getImage({ reference, registry = {} }: GetImageArgs): Promise<ImageInformation> {
  const parsed = parseReference(reference);
  return withRepository(parsed, registry, processListener, (repository) => readImage(repository, targetOf(parsed)));
}
