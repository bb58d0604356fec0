import { referrersTag } from "../../distribution/referrers";
import type { Context } from "../context";
import type { PropertyBag } from "../lifecycle";
import { deleteUnneeded } from "../manifestDeletion";
import { ownDigest, ownershipOf } from "../ownership";
import { removeReferrers } from "../referrersTag";
import { parseTagBehaviour } from "../tagInputs";
import { removeTags } from "../tagRemoval";
import { knownTarget } from "../target";

/**
 * Ends the index as `onDelete` says. `untag`: the tags that we wrote and that still name our digest. `delete`: also the
 * manifests that we pushed and that nothing else names. `retain`: nothing.
 */
export async function remove(context: Context, state: PropertyBag): Promise<void> {
  const { onDelete } = parseTagBehaviour(state);
  if (onDelete === "retain") return;
  const target = knownTarget(state);
  const digest = ownDigest(state);
  const { createdTags, adoptedTags, pushed, childTags } = ownershipOf(state);
  await removeTags(context, { target, tags: createdTags, digest, keep: adoptedTags });
  for (const [tag, child] of Object.entries(childTags)) {
    await removeTags(context, { target, tags: [tag], digest: child, keep: adoptedTags });
  }
  if (onDelete === "delete") await deletePushed(context, state, [...pushed].reverse());
}

/** The index was pushed last and goes first, so that it never lists what is gone. */
async function deletePushed(context: Context, state: PropertyBag, digests: readonly string[]): Promise<void> {
  const { connection, repository: name } = knownTarget(state);
  const repository = context.registry(connection).repository(name);
  const digest = ownDigest(state);
  const { subject } = state;
  if (typeof subject !== "string") {
    await deleteUnneeded(context, repository, digests);
    return;
  }
  const own = { entries: { [referrersTag(subject)]: [digest] }, referrers: {} };
  const deleted = await deleteUnneeded(context, repository, digests, own);
  if (deleted.includes(digest)) await removeReferrers(repository, subject, [digest]);
}
