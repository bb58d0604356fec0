import { parseDigest } from "../oci/digest";
import { deleteTag } from "./deleteTag";
import { isDeletingOn, overwriteTag } from "./overwriteTag";
import type { ManifestContent, Repository, UntagResult } from "./repository";
import { nameOf } from "./repositoryAccess";
import { type KeptTag, kept, reasonToSpare, type TagRemoval } from "./tagRemoval";
import { untagUrl } from "./untagApi";

/**
 * What a repository is known to do with a DELETE of a tag. `native`: it removes the tag alone. `refused`: it does nothing, but
 * manifests can be deleted. A kept tag: no tag of this repository can be removed.
 */
type TagDelete = "untried" | "native" | "refused" | KeptTag;

/**
 * Gives a repository's {@link Repository.removeTag}. Its calls wait for one another: what the first one learns of the
 * registry protects the manifests of those after it.
 */
export function createRemoveTag(removal: TagRemoval): Repository["removeTag"] {
  const { access } = removal;
  let tagDelete: TagDelete = "untried";
  let previous: Promise<unknown> = Promise.resolve();

  async function remove(tag: string, expected: string, keepTags: readonly string[]): Promise<UntagResult> {
    if (typeof tagDelete === "object") return tagDelete;
    if (tagDelete === "native" || untagUrl(access, tag) !== undefined) {
      return (await reasonToSpare(removal, tag, expected)) ?? deleteTag(removal, tag, expected);
    }
    // Both other ways may have to put the manifest back.
    const content = await removal.getManifest(expected);
    if (content !== undefined && tagDelete === "refused") return overwriteTag(removal, tag, content);
    const spared = await reasonToSpare(removal, tag, expected);
    if (spared !== undefined) return spared;
    if (content === undefined) return kept(`${nameOf(access, expected)} cannot be read, so it could not be put back.`);
    return removeFirst(tag, content, keepTags);
  }

  /** The first tag of the repository to be removed shows what the registry does. */
  async function removeFirst(tag: string, content: ManifestContent, keepTags: readonly string[]): Promise<UntagResult> {
    const { digest } = content.descriptor;
    const result = await deleteTag(removal, tag, digest);
    if (result === "untagged") return confirmManifest(content, [tag, ...keepTags]);
    if (typeof result === "string") return result;
    if (await isDeletingOn(access)) {
      tagDelete = "refused";
      return overwriteTag(removal, tag, content);
    }
    tagDelete = result;
    return result;
  }

  async function confirmManifest(content: ManifestContent, tags: readonly string[]): Promise<UntagResult> {
    const { digest } = content.descriptor;
    if ((await removal.lookAtManifest(access.operations.send, digest)) !== undefined) {
      tagDelete = "native";
      return "untagged";
    }
    tagDelete = kept(`${access.address} deletes a tag's manifest along with the tag, so no tag is removed there.`);
    return putBack(content, tags);
  }

  async function putBack(content: ManifestContent, tags: readonly string[]): Promise<KeptTag> {
    const { lookAtManifest, putManifest } = removal;
    const lost: string[] = [];
    for (const tag of tags) {
      // One that names something was not on this manifest.
      if ((await lookAtManifest(access.operations.send, tag)) !== undefined) continue;
      await putManifest(tag, content, { digest: undefined });
      lost.push(tag);
    }
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
