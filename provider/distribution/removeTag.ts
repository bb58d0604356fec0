import { parseDigest } from "../oci/digest";
import { deleteTag } from "./deleteTag";
import { finishRemoval, overwriteTag } from "./overwriteTag";
import type { ManifestContent, Repository, UntagResult } from "./repository";
import { nameOf } from "./repositoryAccess";
import { learnTagDeletion, type TagDeletion } from "./tagDeletion";
import { type KeptTag, kept, reasonToSpare, type TagRemoval } from "./tagRemoval";

/**
 * Gives a repository's {@link Repository.removeTag}. Its calls wait for one another: what the first one learns of the
 * registry protects the manifests of those after it.
 */
export function createRemoveTag(removal: TagRemoval): Repository["removeTag"] {
  const { access } = removal;
  let learnt: TagDeletion | undefined;
  let previous: Promise<unknown> = Promise.resolve();

  async function remove(tag: string, expected: string, keepTags: readonly string[]): Promise<UntagResult> {
    const result = await removeKnown(tag, expected, keepTags);
    return result === "moved" ? ((await finishRemoval(removal, tag)) ?? "moved") : result;
  }

  async function removeKnown(tag: string, expected: string, keepTags: readonly string[]): Promise<UntagResult> {
    if (learnt === undefined && access.profile.untagUrl === undefined) {
      const spared = await reasonToSpare(removal, tag, expected);
      if (spared !== undefined) return spared;
      learnt = await learnTagDeletion(removal);
    }
    if (typeof learnt === "object") return learnt;
    if (learnt === undefined || learnt === "alone") return deleteUnlessSpared(tag, expected);
    // Each other way may have to put the manifest again.
    const content = await removal.getManifest(expected);
    if (content === undefined) return withoutContent(tag, expected);
    if (learnt === "onlyManifests") return overwriteTag(removal, tag, content);
    if (learnt === "unlearnt") return removeUnlearnt(tag, content, keepTags);
    await removal.putManifest(expected, content);
    return deleteUnlessSpared(tag, expected);
  }

  async function deleteUnlessSpared(tag: string, expected: string): Promise<UntagResult> {
    return (await reasonToSpare(removal, tag, expected)) ?? deleteTag(removal, tag, expected);
  }

  async function withoutContent(tag: string, expected: string): Promise<UntagResult> {
    const reason = `${nameOf(access, expected)} cannot be read, so it could not be put back.`;
    return (await reasonToSpare(removal, tag, expected)) ?? kept(reason);
  }

  /** The first tag of the repository to be removed shows what the registry does. */
  async function removeUnlearnt(
    tag: string,
    content: ManifestContent,
    keepTags: readonly string[],
  ): Promise<UntagResult> {
    const { digest } = content.descriptor;
    const looks = keepTags.map(async (name) => ((await reasonToSpare(removal, name, digest)) ? [] : [name]));
    const siblings = (await Promise.all(looks)).flat();
    const result = await deleteUnlessSpared(tag, digest);
    if (result !== "untagged") return result;
    if ((await removal.lookAtManifest(access.operations.send, digest)) === undefined)
      return putBack(content, [tag, ...siblings]);
    learnt = "alone";
    return "untagged";
  }

  async function putBack(content: ManifestContent, tags: readonly string[]): Promise<KeptTag> {
    const lost: string[] = [];
    for (const tag of tags) {
      // One that names something was not on this manifest.
      if ((await removal.lookAtManifest(access.operations.send, tag)) !== undefined) continue;
      await removal.putManifest(tag, content, { digest: undefined });
      lost.push(tag);
    }
    learnt = kept(`${access.address} deletes a tag's manifest along with the tag, so no tag is removed there.`);
    const name = nameOf(access, content.descriptor.digest);
    return kept(
      `${access.address} deleted ${name} along with a tag. It was put back under ${lost.join(", ")}; ` +
        "tags of others on it, if there were any, are gone.",
    );
  }

  return (tag, expected, keepTags) => {
    const result = previous.then(() => remove(tag, parseDigest(expected), keepTags));
    previous = result.catch(() => {});
    return result;
  };
}
