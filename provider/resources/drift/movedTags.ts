import type { Repository } from "../../distribution/repository";
import type { Drift } from "../properties/drift";

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
