import type { Context } from "../context";
import type { PlannedNames } from "../process/plannedNames";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import { isSameRegistry } from "./sameRegistry";

/** The resource of this run's program that wants a tag, be it at another address of the same registry. */
export function tagOwner(context: Context, target: Target, tag: string): Promise<string | undefined> {
  return ownerAtAnyAddress(context, target, tag, context.plan.names.tagOwner);
}

/** A resource of this run's program that needs a manifest, be it at another address of the same registry. */
export function manifestOwner(context: Context, target: Target, digest: string): Promise<string | undefined> {
  return ownerAtAnyAddress(context, target, digest, context.plan.names.manifestOwner);
}

async function ownerAtAnyAddress(
  context: Context,
  target: Target,
  tagOrDigest: string,
  find: PlannedNames["tagOwner"],
): Promise<string | undefined> {
  const place = repositoryName(target);
  const owner = find(place, tagOrDigest);
  if (owner !== undefined) return owner;
  for (const address of context.plan.names.otherAddresses(place, tagOrDigest))
    if (await isSameRegistry(context, target, address)) return find(`${address}/${target.repository}`, tagOrDigest);
  return undefined;
}
