import type { Context } from "../context";
import { resourceName } from "../process/resourceName";
import { inputError } from "../properties/readers";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";

/**
 * Enters tags that a resource wants into the plan of this run's program.
 * @param path - of the input that names the tags.
 * @throws ERR_INPUT_INVALID naming both resources when another one wants a tag.
 */
export function wantTags(context: Context, target: Target, tags: readonly string[], path: string): void {
  const owner = ownerOf(context);
  for (const tag of tags) {
    const place = repositoryName(target);
    const holder = context.plan.names.wantTag(place, tag, owner);
    if (holder !== undefined)
      throw inputError(
        path,
        `${place}:${tag} is claimed by both ${resourceName(holder)} and ${resourceName(owner)}; a tag can belong to only one`,
      );
  }
}

/** Enters manifests that a resource needs in its repository: no other resource's end deletes them. */
export function wantManifests(context: Context, target: Target, digests: Iterable<string>): void {
  const owner = ownerOf(context);
  for (const digest of digests) context.plan.names.wantManifest(repositoryName(target), digest, owner);
}

/** The resource that a call is about, as the owner of what it wants. */
export function ownerOf({ resource }: Context): string {
  return resource ?? "";
}
