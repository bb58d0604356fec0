import type { Repository } from "../../distribution/repository";
import { isAbsent } from "../copy/pushManifest";
import type { PropertyBag } from "../properties/bag";
import { referrerName } from "../referrers/copyReferrers";
import { referrersOf } from "../referrers/referrers";

/**
 * Looks for the recorded referrers, and at cosign's tags: one HEAD each.
 * @returns by the name under which drift tells of it: `gone`, or what a tag names instead.
 */
export async function findLostReferrers(
  repository: Repository,
  state: PropertyBag,
): Promise<Readonly<Record<string, string>>> {
  const { referrers, referrerTags } = referrersOf(state);
  const lost = Object.keys(referrers).map(async (digest) =>
    (await isAbsent(repository, digest)) ? [[referrerName(digest), "gone"]] : [],
  );
  const moved = Object.entries(referrerTags).map(async ([tag, digest]) => {
    const found = await repository.headManifest(tag);
    return found?.digest === digest ? [] : [[tag, found?.digest ?? "gone"]];
  });
  return Object.fromEntries((await Promise.all([...lost, ...moved])).flat());
}
