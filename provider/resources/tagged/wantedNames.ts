import { referenceTo } from "../../oci/reference";
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

/**
 * Enters the manifest of a resource without a tag that deletes it at its end, and warns of another one with the same manifest: a run
 * that does not check both cannot spare it for the other.
 * @param isNew - whether the manifest is another one than in the last run. Where it is not new to either, the user was warned already.
 */
export function wantUntagged(context: Context, target: Target, digest: string, isNew: boolean): void {
  const owner = ownerOf(context);
  const place = repositoryName(target);
  const other = context.plan.names.wantUntagged(place, digest, owner, isNew);
  if (other === undefined) return;
  context.warn(
    `${resourceName(other)} and ${resourceName(owner)} are the same manifest, ${referenceTo(place, digest)}, without a tag and with ` +
      'onDelete: "delete": when --target removes one of them, it is gone for both. Give each a tag, or set onDelete: "untag"',
  );
}

/** The resource that a call is about, as the owner of what it wants. */
export function ownerOf({ resource }: Context): string {
  return resource ?? "";
}
