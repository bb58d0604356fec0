import { parseRepositoryReference, readTags } from "./readTags";
import { type FunctionConnection, processListener, withRepository } from "./withRepository";

/** What {@link listTags} is asked for. */
export interface ListTagsArgs {
  /** `[host[:port]/]repository`, without tag and digest. */
  readonly repository: string;
  /** How to reach the registry. Default: the environment's credentials; HTTP only for a loopback host. */
  readonly registry?: FunctionConnection;
}

/**
 * Lists the tags of a repository, at most 1,000,000, in the registry's order.
 * @throws ERR_REFERENCE_INVALID, ERR_INPUT_INVALID when `registry.address` is not the repository's.
 * @throws ERR_NOT_FOUND when there is no such repository.
 * @throws ERR_AUTH, ERR_REGISTRY, ERR_TRANSPORT, ERR_TLS, ERR_TIMEOUT when the registry cannot be asked.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags
 */
export async function listTags({ repository, registry = {} }: ListTagsArgs): Promise<readonly string[]> {
  return withRepository(parseRepositoryReference(repository), registry, processListener, readTags);
}
