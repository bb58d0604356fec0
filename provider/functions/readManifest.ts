import type { ManifestContent, Repository } from "../distribution/repository";
import { ProviderError } from "../errors";
import { isDigest } from "../oci/digest";
import { type Reference, referenceTo } from "../oci/reference";

/** The tag or digest that a reference means: its digest, else its tag, else `latest`. */
export function targetOf({ digest, tag }: Reference): string {
  return digest ?? tag ?? "latest";
}

/** The reference in full to a tag or digest of a repository. */
export function referenceIn({ address, name }: Repository, tagOrDigest: string): string {
  return referenceTo(`${address}/${name}`, tagOrDigest);
}

/**
 * Fetches a manifest or index with one GET.
 * @throws ERR_NOT_FOUND, telling what to check, and what {@link Repository.getManifest} throws.
 */
export async function readManifest(repository: Repository, tagOrDigest: string): Promise<ManifestContent> {
  const content = await repository.getManifest(tagOrDigest);
  if (content !== undefined) return content;
  const reference = referenceIn(repository, tagOrDigest);
  throw new ProviderError(
    "ERR_NOT_FOUND",
    `${reference} is not there: ${repository.address} answered 404. Check the repository's name and the ` +
      `${isDigest(tagOrDigest) ? "digest" : "tag"}, and that the credentials may see it: some registries hide what they may not.`,
    { reference },
  );
}
