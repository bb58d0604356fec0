import type { ManifestListing } from "./manifestListing";
import { readManifests } from "./readManifests";
import { parseRepositoryReference } from "./readTags";
import { type FunctionConnection, processListener, withRepository } from "./withRepository";

/** What {@link listManifests} is asked for. */
export interface ListManifestsArgs {
  /** `[host[:port]/]repository`, without tag and digest. */
  readonly repository: string;
  /** How to reach the registry. Default: the environment's credentials; HTTP only for a loopback host. */
  readonly registry?: FunctionConnection;
}

/**
 * Lists the manifests of a repository with tags, platforms and sizes. A registry of Azure tells of every manifest, and when it was
 * pushed, the newest first; of others it finds those that tags name and that indexes under tags list. It costs a request for
 * each tag and manifest, and one more for each image that no index lists.
 * @throws ERR_REFERENCE_INVALID, ERR_INPUT_INVALID when `registry.address` is not the repository's.
 * @throws ERR_NOT_FOUND when there is no such repository.
 * @throws ERR_CONTENT_TOO_LARGE for more than 10,000 tags or manifests.
 * @throws ERR_AUTH, ERR_REGISTRY, ERR_TRANSPORT, ERR_TLS, ERR_TIMEOUT when the registry cannot be asked.
 */
export async function listManifests({
  repository,
  registry = {},
}: ListManifestsArgs): Promise<readonly ManifestListing[]> {
  return withRepository(parseRepositoryReference(repository), registry, processListener, readManifests);
}
