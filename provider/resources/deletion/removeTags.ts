import type { Repository } from "../../distribution/repository";
import type { Context } from "../context";
import { repositoryAt } from "../process/repositoryAt";
import { resourceName } from "../process/resourceName";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import { tagOwner } from "./owners";

/** Tags to be removed, and what must be left alone. */
export interface TagRemoval {
  readonly target: Target;
  /** By tag, the digest that it must still name to be removed. */
  readonly tags: ReadonlyMap<string, string>;
  /** Tags of this resource that go on living. */
  readonly keep: readonly string[];
}

/**
 * Removes tags that still name their digest, one after the other, and reports by a warning each that stays and why: a resource of
 * this run's program wants it, it was moved, or this registry cannot remove it.
 */
export async function removeTags(context: Context, removal: TagRemoval): Promise<void> {
  const repository = repositoryAt(context, removal.target);
  const name = repositoryName(removal.target);
  for (const [tag, digest] of removal.tags) {
    const owner = await tagOwner(context, removal.target, tag);
    if (owner === undefined) await removeTag(context, repository, removal, tag, digest);
    else context.warn(`kept ${name}:${tag}: now managed by ${resourceName(owner)}`);
  }
}

async function removeTag(
  context: Context,
  repository: Repository,
  { target, keep }: TagRemoval,
  tag: string,
  digest: string,
): Promise<void> {
  const name = repositoryName(target);
  const siblings = new Set([...keep, ...context.plan.names.tagsIn(name)]);
  const result = await repository.removeTag(tag, digest, [...siblings]);
  if (result === "moved") context.warn(`kept ${name}:${tag}: it no longer names ${digest}, so it is not ours`);
  if (typeof result === "object") context.warn(`kept ${name}:${tag}: ${result.reason}`);
}
