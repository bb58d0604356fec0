import type { Repository } from "../../distribution/repository";
import type { Descriptor } from "../../oci/descriptor";
import type { Drift } from "../properties/drift";

/**
 * Compares tags with the digest that all of them are to name.
 * @param named - the manifest that each tag names, in the order of the tags.
 * @returns by tag, the digest that it names instead, or `gone`.
 */
export function movedFrom(digest: string, tags: readonly string[], named: readonly (Descriptor | undefined)[]): Drift {
  const moved = tags.flatMap((tag, index) => {
    const found = named[index]?.digest;
    return found === digest ? [] : [[tag, found ?? "gone"]];
  });
  return Object.fromEntries(moved);
}

/**
 * Checks tags against the digests that they are to name: one HEAD each.
 * @returns by tag, the digest that it names instead, or `gone`.
 */
export async function findMovedTags(repository: Repository, tags: Readonly<Record<string, string>>): Promise<Drift> {
  const heads = Object.entries(tags).map(async ([tag, digest]) => {
    const found = (await repository.headManifest(tag))?.digest;
    return found === digest ? [] : [[tag, found ?? "gone"]];
  });
  return Object.fromEntries((await Promise.all(heads)).flat());
}
