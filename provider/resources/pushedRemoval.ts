import { referrersTag } from "../distribution/referrers";
import type { Context } from "./context";
import type { PropertyBag } from "./lifecycle";
import type { Own } from "./manifestDeletion";
import { deleteUnneeded } from "./manifestDeletion";
import { ownershipOf } from "./ownership";
import { cosignSubject, referrersOf } from "./referrers";
import { removeReferrers } from "./referrersTag";
import { parseTagBehaviour } from "./tagInputs";
import { removeTags } from "./tagRemoval";
import { knownTarget } from "./target";

/**
 * Ends an image as `onDelete` says. `untag`: the tags that we wrote and that still name our digest. `delete`: also the
 * manifests that we pushed and that nothing else names, the last pushed first, and with an image its referrers. `retain`:
 * nothing.
 */
export async function removePushed(context: Context, state: PropertyBag): Promise<void> {
  const { onDelete } = parseTagBehaviour(state);
  if (onDelete === "retain") return;
  const target = knownTarget(state);
  const { createdTags, adoptedTags, pushed } = ownershipOf(state);
  await removeTags(context, { target, tags: createdTags, digest: String(state["digest"]), keep: adoptedTags });
  if (onDelete !== "delete") return;
  const repository = context.registry(target.connection).repository(target.repository);
  const bySubject = referrersBySubject(state);
  const deleted = await deleteUnneeded(context, repository, [...pushed].reverse(), ownReferrers(state, bySubject));
  for (const [subject, digests] of bySubject) {
    const gone = digests.filter((digest) => deleted.includes(digest));
    if (gone.length > 0) await removeReferrers(repository, subject, gone);
  }
}

function referrersBySubject(state: PropertyBag): ReadonlyMap<string, readonly string[]> {
  const bySubject = new Map<string, readonly string[]>();
  for (const [digest, subject] of Object.entries(referrersOf(state).referrers))
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), digest]);
  return bySubject;
}

/** The lists of our referrers, and cosign's tags that we wrote, end with the images that they are about. */
function ownReferrers(state: PropertyBag, bySubject: ReadonlyMap<string, readonly string[]>): Own {
  const { childTags } = ownershipOf(state);
  const lists = [...bySubject].map(([subject, digests]) => [referrersTag(subject), digests] as const);
  const tags = Object.entries(childTags);
  return {
    entries: Object.fromEntries([...lists, ...tags.map(([tag, digest]) => [tag, [digest]] as const)]),
    referrers: {
      ...referrersOf(state).referrers,
      ...Object.fromEntries(tags.map(([tag, digest]) => [digest, cosignSubject(tag)])),
    },
  };
}
