import type { Repository } from "../distribution/repository";
import type { Context } from "./context";
import type { PropertyBag } from "./lifecycle";
import type { Ownership } from "./ownership";
import { ownDigest } from "./ownership";
import type { TaggedManifest } from "./taggedManifest";
import type { Target } from "./target";
import { repositoryName } from "./target";

/** Tags to be taken away, and what must be left alone. */
export interface TagRemoval {
  readonly target: Target;
  readonly tags: readonly string[];
  /** The digest that a tag must still name to be removed. */
  readonly digest: string;
  /** Tags of this resource that go on living. */
  readonly keep: readonly string[];
}

/**
 * Removes tags that still name our digest, one after the other, and tells by a warning which it left and why:
 * claimed by a resource of this run, moved by somebody, or not removable on this registry.
 */
export async function removeTags(context: Context, removal: TagRemoval): Promise<void> {
  const repository = context.registry(removal.target.connection).repository(removal.target.repository);
  const name = repositoryName(removal.target);
  for (const tag of removal.tags) {
    const owner = context.claims.owner(`${name}:${tag}`);
    if (owner !== undefined) {
      context.warn(`kept ${name}:${tag}: now managed by ${owner}`);
    } else {
      await removeTag(context, repository, removal, tag);
    }
  }
}

/**
 * Removes the tags that a resource wrote and does not want any more, unless `onDelete` is `retain`.
 * @param manifest - the tags that it wants, and where.
 * @param state - what the last run left.
 */
export async function removeDroppedTags(
  { context, target, tags, behaviour }: Omit<TaggedManifest, "content">,
  state: PropertyBag,
  { createdTags }: Ownership,
): Promise<void> {
  if (behaviour.onDelete === "retain") return;
  const dropped = createdTags.filter((tag) => !tags.includes(tag));
  await removeTags(context, { target, tags: dropped, digest: ownDigest(state), keep: tags });
}

async function removeTag(context: Context, repository: Repository, removal: TagRemoval, tag: string): Promise<void> {
  const name = repositoryName(removal.target);
  const siblings = new Set([...removal.keep, ...context.claims.tagsOf(name)]);
  const result = await repository.removeTag(tag, removal.digest, [...siblings]);
  if (result === "moved") context.warn(`kept ${name}:${tag}: it no longer names ${removal.digest}, so it is not ours`);
  if (typeof result === "object") context.warn(`kept ${name}:${tag}: ${result.reason}`);
}
