import { referrersTag } from "../../distribution/referrers";
import type { Context } from "../context";
import { repositoryAt } from "../process/repositoryAt";
import type { TagBehaviour } from "../properties/tagInputs";
import { repositoryName, type Target } from "../properties/target";
import { cosignSubject, isCosignTag } from "../referrers/referrers";
import { removeReferrers } from "../referrers/referrersTag";
import { createdDigests, type ResourceRecord } from "../tagged/resourceRecord";
import { deleteUnneeded, type Own } from "./deleteUnneeded";
import { removeTags } from "./removeTags";

/** How much of a resource goes with it: nothing, its tags, or its tags and the manifests that it pushed. */
export type EndScope = "nothing" | "tags" | "manifests";

/**
 * How much goes at the end of a resource. Removal and destroy follow `onDelete`. A resource that is replaced follows `onUnlist`;
 * as long as the one that replaces it was not created, that one may need every manifest.
 */
export function endScope(context: Context, target: Target, { onDelete, onUnlist }: TagBehaviour): EndScope {
  const atEnd = { retain: "nothing", untag: "tags", delete: "manifests" } as const;
  if (!context.plan.isInProgram(context.resource)) return atEnd[onDelete];
  if (onUnlist === "retain" || onDelete === "retain") return "nothing";
  if (context.plan.isCreated(context.resource)) return atEnd[onDelete];
  return context.plan.isPlacedIn(context.resource, repositoryName(target)) ? "nothing" : "tags";
}

/** A resource at its end. */
export interface Ending {
  readonly target: Target;
  readonly record: ResourceRecord;
  /** The digest of the manifest that all its manifests refer to. */
  readonly subject?: string;
}

/**
 * Hands on the record of a resource that is deleted before a forced replacement, for which the engine makes no diff. Where the host
 * cannot tell which resource that is, it is the one that wants all its tags.
 * @returns whether there is such a replacement: then nothing of the resource ends.
 */
export function handOnToReplacement({ plan, resource }: Context, { target, record }: Ending): boolean {
  const place = repositoryName(target);
  const owners = new Set([...record.managed.keys()].map((tag) => plan.names.tagOwner(place, tag)));
  const [owner] = resource === undefined && owners.size === 1 ? owners : [resource];
  if (owner === undefined || !plan.isAwaited(owner) || !plan.isPlacedIn(owner, place)) return false;
  plan.handOn(owner, record, place);
  return true;
}

/**
 * Ends a resource: removes the tags that it created and that still name their digests, and with `manifests` the manifests that it
 * pushed and that nothing else names, the last pushed first, with their referrers.
 */
export async function endTagged(context: Context, ending: Ending, scope: EndScope): Promise<void> {
  if (scope === "nothing") return;
  const { target, record } = ending;
  const tags = new Map([...createdDigests(record)].filter(([tag]) => !isCosignTag(tag)));
  const adopted = [...record.managed.keys()].filter((tag) => !tags.has(tag));
  await removeTags(context, { target, tags, keep: adopted });
  if (scope === "tags") return;
  const listed = listedReferrers(ending);
  const digests = [...record.pushed].reverse();
  const deleted = await deleteUnneeded(context, target, digests, ownContent(record, listed));
  const repository = repositoryAt(context, target);
  for (const [subject, referrers] of listed) {
    const gone = referrers.filter((digest) => deleted.includes(digest));
    if (gone.length > 0) await removeReferrers(context, repository, subject, gone);
  }
}

/** The manifests of this resource that are listed as referrers, by their subject. */
function listedReferrers({ record: { referrers, pushed }, subject: own }: Ending): ReadonlyMap<string, string[]> {
  const bySubject = new Map<string, string[]>();
  for (const [digest, subject] of referrers) bySubject.set(subject, [...(bySubject.get(subject) ?? []), digest]);
  if (own !== undefined) bySubject.set(own, [...pushed]);
  return bySubject;
}

/** The lists of our referrers, and cosign's tags that we wrote, end with the images that they are about. */
function ownContent(record: ResourceRecord, listed: ReadonlyMap<string, readonly string[]>): Own {
  const tags = [...createdDigests(record)].filter(([tag]) => isCosignTag(tag));
  const lists = [...listed].map(([subject, digests]) => [referrersTag(subject), digests] as const);
  return {
    entries: new Map([...lists, ...tags.map(([tag, digest]) => [tag, [digest]] as const)]),
    referrers: new Map([...record.referrers, ...tags.map(([tag, digest]) => [digest, cosignSubject(tag)] as const)]),
  };
}
