import type { Repository } from "../distribution/repository";
import { ProviderError } from "../errors";
import { parseReference, type Reference } from "../oci/reference";

/**
 * Reads `[host[:port]/]repository`.
 * @throws ERR_REFERENCE_INVALID also when a tag or digest follows.
 */
export function parseRepositoryReference(text: string): Reference {
  const reference = parseReference(text);
  if (reference.tag === undefined && reference.digest === undefined) return reference;
  const message = `${text} is more than a repository: leave the tag and the digest out.`;
  throw new ProviderError("ERR_REFERENCE_INVALID", message, { reference: text });
}

/**
 * The tags of an open repository.
 * @throws ERR_NOT_FOUND, telling what to check, and what {@link Repository.listTags} throws.
 */
export async function readTags(repository: Repository): Promise<readonly string[]> {
  const tags = await repository.listTags();
  if (tags !== undefined) return tags;
  const reference = `${repository.address}/${repository.name}`;
  throw new ProviderError(
    "ERR_NOT_FOUND",
    `There is no repository ${reference}: ${repository.address} answered 404. Check its name, and that the credentials may see ` +
      "it: some registries hide what they may not.",
    { reference },
  );
}
