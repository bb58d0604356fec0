import type { Repository } from "../../distribution/repository";
import { isAbsent } from "../copy/pushManifest";
import type { Drift } from "../properties/drift";
import { noReferrers, type Referrers } from "../referrers/referrers";
import { referrerName } from "./lostContent";
import { findMovedTags } from "./movedTags";

/**
 * Checks for recorded referrers and cosign's tags: one HEAD each.
 * @returns by the name under which drift tells of it: `gone`, or the digest that a tag names instead.
 */
export async function findLostReferrers(
  repository: Repository,
  { referrers, referrerTags }: Referrers = noReferrers,
): Promise<Drift> {
  const lost = Object.keys(referrers).map(async (digest) =>
    (await isAbsent(repository, digest)) ? [[referrerName(digest), "gone"]] : [],
  );
  const moved = findMovedTags(repository, referrerTags);
  return { ...Object.fromEntries((await Promise.all(lost)).flat()), ...(await moved) };
}
