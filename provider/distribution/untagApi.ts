import { metadataUrl } from "./azureMetadata";
import type { RepositoryAccess } from "./repositoryAccess";

/**
 * Where a registry that has an API of its own for it removes one tag and nothing else, by DELETE.
 * @param tag - safe in a URL.
 * @returns `undefined` for a registry without such an API, or of unknown make.
 * @see https://learn.microsoft.com/rest/api/containerregistry/tag/delete
 */
export function untagUrl(
  { origin, name, isAzure }: Pick<RepositoryAccess, "origin" | "name" | "isAzure">,
  tag: string,
): URL | undefined {
  if (!isAzure) return undefined;
  return metadataUrl({ origin, name }, `_tags/${tag}`);
}
