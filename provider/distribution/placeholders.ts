import { isDigest } from "../oci/digest";
import type { ManifestReads } from "./manifestReads";
import { headersOnly } from "./operation";
import { decodePlaceholder, mayBePlaceholder, type Placeholder } from "./placeholder";
import type { ManifestContent, Repository } from "./repository";
import { deleteScope, manifestUrl, type RepositoryAccess } from "./repositoryAccess";
import { createTurns } from "./turns";

/** Placeholders of one repository, as far as this process knows them. */
export interface Placeholders {
  /** Digests of those that an operation of this process has put and will remove itself. */
  readonly underway: Set<string>;
  /** Digests of those that looks at tags have met, by tag: an earlier process was killed, or failed, before their end. */
  readonly met: Map<string, string>;
}

/** No placeholders. */
export function createPlaceholders(): Placeholders {
  return { underway: new Set(), met: new Map() };
}

/**
 * Reading as it is without placeholders: a tag at one of them is absent. Takes note of those that are met, and writes nothing.
 * Costs one GET for an index of a placeholder's very size.
 */
export function hidePlaceholders(
  access: RepositoryAccess,
  {
    headManifest,
    lookForManifest,
    getManifest,
  }: Pick<ManifestReads, "headManifest" | "lookForManifest" | "getManifest">,
  placeholders: Placeholders,
): Pick<Repository, "headManifest" | "lookForManifest" | "getManifest"> {
  function isHidden(tag: string, content: ManifestContent | undefined): boolean {
    if (content === undefined || decodePlaceholder(content, access.name, tag) === undefined) return false;
    const { digest } = content.descriptor;
    if (!placeholders.underway.has(digest)) placeholders.met.set(tag, digest);
    return true;
  }

  const hiding = (look: Repository["headManifest"]) => async (tagOrDigest: string) => {
    const found = await look(tagOrDigest);
    if (found === undefined || isDigest(tagOrDigest) || !mayBePlaceholder(found)) return found;
    return isHidden(tagOrDigest, await getManifest(found.digest)) ? undefined : found;
  };

  return {
    headManifest: hiding(headManifest),
    lookForManifest: hiding(lookForManifest),
    async getManifest(tagOrDigest) {
      const content = await getManifest(tagOrDigest);
      return !isDigest(tagOrDigest) && isHidden(tagOrDigest, content) ? undefined : content;
    },
  };
}

/**
 * Writing that finishes what the placeholders stand for that looks have met: a PUT under such a tag takes the placeholder away,
 * and a deletion or `finishRemovals` ends the removals. Best effort: what fails is left to the next process.
 * @param finish - ends the removal of one tag.
 */
export function finishPlaceholders(
  access: RepositoryAccess,
  writes: Pick<Repository, "putManifest" | "deleteManifest" | "removeTag">,
  { met }: Placeholders,
  finish: (tag: string) => Promise<unknown>,
): Pick<Repository, "putManifest" | "deleteManifest" | "removeTag" | "finishRemovals"> {
  // A removal must not be finished while the same tag is being written.
  const turns = createTurns();

  async function finishRemovals(): Promise<void> {
    const ends = [...met.keys()].map((tag) => turns(tag, async () => (met.delete(tag) ? finish(tag) : undefined)));
    await Promise.allSettled(ends);
  }

  /** A caller to whom the placeholder is hidden believes that the tag names nothing. */
  function overPlaceholder(tag: string, replaces: Parameters<Repository["putManifest"]>[2]) {
    const placeholder = met.get(tag);
    return placeholder !== undefined && replaces?.digest === undefined && replaces ? { digest: placeholder } : replaces;
  }

  async function putOver(tag: string, content: ManifestContent, replaces: Parameters<Repository["putManifest"]>[2]) {
    const result = await writes.putManifest(tag, content, overPlaceholder(tag, replaces));
    const placeholder = met.get(tag);
    met.delete(tag);
    if (placeholder !== undefined) await deletePlaceholder(access, placeholder).catch(() => {});
    return result;
  }

  return {
    finishRemovals,
    putManifest(tagOrDigest, content, replaces) {
      if (isDigest(tagOrDigest)) return writes.putManifest(tagOrDigest, content, replaces);
      return turns(tagOrDigest, () => putOver(tagOrDigest, content, replaces));
    },
    async deleteManifest(digest) {
      await writes.deleteManifest(digest);
      await finishRemovals();
    },
    async removeTag(tag, expected, keepTags) {
      const result = await writes.removeTag(tag, expected, keepTags);
      await finishRemovals();
      return result;
    },
  };
}

/** Deletes a placeholder by its digest, so that a tag that has moved meanwhile is safe. */
export async function deletePlaceholder(
  access: RepositoryAccess,
  digest: string,
  answers: readonly number[] = [200, 202, 204, 404],
): Promise<void> {
  const url = manifestUrl(access, digest);
  await access.operations.send({ method: "DELETE", url, scopes: deleteScope(access), answers }, headersOnly);
}

/** A placeholder that stands under a tag. */
export interface StandingPlaceholder extends Placeholder {
  readonly digestOfPlaceholder: string;
}

/** Looks whether a tag is at a placeholder. @returns `undefined` when it is at anything else, or absent. */
export async function findPlaceholder(
  { access, lookAtManifest, getManifest }: { readonly access: RepositoryAccess } & ManifestReads,
  tag: string,
): Promise<StandingPlaceholder | undefined> {
  const found = await lookAtManifest(access.operations.send, tag);
  if (found === undefined || !mayBePlaceholder(found)) return undefined;
  const content = await getManifest(found.digest);
  const placeholder = content && decodePlaceholder(content, access.name, tag);
  return placeholder && { ...placeholder, digestOfPlaceholder: found.digest };
}
