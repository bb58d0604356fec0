import type { Repository } from "../distribution/repository";
import { messageOf } from "../errors";
import { parseManifest } from "../oci/manifest";
import { isIndexMediaType } from "../oci/mediaTypes";
import type { Context } from "./context";

/** Beyond so many tags nobody looks, and everything is kept. */
const tagLimit = 500;

/**
 * Which of our manifests nothing else needs: no tag of the repository names them, and no index under a tag lists
 * them. On any doubt (too many tags, a refusal, an unreadable index) none, with a warning.
 * The look costs tags/list, a HEAD for each tag and a GET for each index.
 * @param digests - manifests that this resource pushed; its own tags are gone already.
 */
export async function unneededManifests(
  context: Context,
  repository: Repository,
  digests: readonly string[],
): Promise<readonly string[]> {
  try {
    const needed = await neededDigests(repository);
    return digests.filter((digest) => !needed.has(digest));
  } catch (error) {
    context.warn(`kept the manifests in ${repository.address}/${repository.name}: ${messageOf(error)}`);
    return [];
  }
}

async function neededDigests(repository: Repository): Promise<ReadonlySet<string>> {
  const tags = (await repository.listTags()) ?? [];
  if (tags.length > tagLimit)
    throw new Error(`it has ${tags.length} tags, more than the ${tagLimit} that are looked through`);
  return new Set((await Promise.all(tags.map((tag) => digestsUnder(repository, tag)))).flat());
}

async function digestsUnder(repository: Repository, tag: string): Promise<readonly string[]> {
  const descriptor = await repository.headManifest(tag);
  if (descriptor === undefined) return [];
  if (!isIndexMediaType(descriptor.mediaType)) return [descriptor.digest];
  const content = await repository.getManifest(descriptor.digest);
  if (content === undefined) throw new Error(`the index under the tag ${tag} cannot be read`);
  const index = parseManifest(content.bytes, { mediaType: descriptor.mediaType, what: descriptor.digest });
  const children = index.kind === "index" ? index.manifests.map((child) => child.digest) : [];
  return [descriptor.digest, ...children];
}
