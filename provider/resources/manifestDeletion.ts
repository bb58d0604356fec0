import type { Repository } from "../distribution/repository";
import { hasCode, hasRegistryCode, hasStatus, messageOf } from "../errors";
import type { Descriptor } from "../oci/descriptor";
import { parseManifest } from "../oci/manifest";
import { isIndexMediaType } from "../oci/mediaTypes";
import type { Context } from "./context";

/** Beyond so many tags nobody looks, and everything is kept. */
const tagLimit = 500;

/** An entry of the index under a tag that does not count: who made it takes it out when its manifest is gone. */
export interface OwnEntry {
  readonly tag: string;
  readonly digest: string;
}

/**
 * Deletes those of our manifests that nothing else needs: no tag of the repository names them, and no index under a tag
 * leads to them. On any doubt (too many tags, a refusal, an unreadable index), and where the registry deletes nothing, they
 * stay, with a warning. The look costs tags/list, a HEAD for each tag and a GET for each index.
 * @param digests - manifests that this resource pushed, in the order of deletion; its own tags are gone already.
 * @returns digests of those that are gone.
 */
export async function deleteUnneeded(
  context: Context,
  repository: Repository,
  digests: readonly string[],
  ownEntry?: OwnEntry,
): Promise<readonly string[]> {
  if (digests.length === 0) return [];
  const keep = (reason: unknown) => {
    context.warn(`kept the manifests in ${repository.address}/${repository.name}: ${messageOf(reason)}`);
    return [];
  };
  let unneeded: readonly string[];
  try {
    const needed = await neededDigests(repository, ownEntry);
    unneeded = digests.filter((digest) => !needed.has(digest));
  } catch (error) {
    return keep(error);
  }
  try {
    for (const digest of unneeded) await repository.deleteManifest(digest);
    return unneeded;
  } catch (error) {
    const isRefusal = hasStatus(error, 405) || hasRegistryCode(error, "UNSUPPORTED") || hasCode(error, "ERR_LOCKED");
    if (!isRefusal) throw error;
    return keep(error);
  }
}

async function neededDigests(repository: Repository, ownEntry: OwnEntry | undefined): Promise<ReadonlySet<string>> {
  const tags = (await repository.listTags()) ?? [];
  if (tags.length > tagLimit)
    throw new Error(`it has ${tags.length} tags, more than the ${tagLimit} that are looked through`);
  const needed = new Set<string>();
  await Promise.all(
    tags.map(async (tag) => {
      const descriptor = await repository.headManifest(tag);
      const own = tag === ownEntry?.tag ? ownEntry.digest : undefined;
      if (descriptor) await addAllUnder(repository, descriptor, needed, own);
    }),
  );
  return needed;
}

/**
 * Indexes lead on to what they list, however deep; each is read once, so that this comes to an end.
 * @param own - an entry of this very index that does not count.
 */
async function addAllUnder(
  repository: Repository,
  { digest, mediaType }: Descriptor,
  needed: Set<string>,
  own?: string,
): Promise<void> {
  if (needed.has(digest)) return;
  needed.add(digest);
  if (!isIndexMediaType(mediaType)) return;
  const content = await repository.getManifest(digest);
  if (content === undefined) throw new Error(`the index ${digest} cannot be read`);
  const index = parseManifest(content.bytes, { mediaType, what: digest });
  if (index.kind !== "index") return;
  const listed = index.manifests.filter((child) => child.digest !== own);
  await Promise.all(listed.map((child) => addAllUnder(repository, child, needed)));
}
