import { hasStatus, messageOf } from "../../errors";
import type { Context } from "../context";
import type { PropertyBag } from "../properties/bag";
import type { Target } from "../properties/target";
import type { Drift } from "../tagged/tagCheck";
import { isOutOfReach } from "../tagged/tagCheck";

/**
 * Looks whether the index still stands in the list of its subject's referrers, where the registry does not keep it itself. Costs
 * nothing without a subject, else one request, or two where there is no referrers API.
 * @param state - outputs, or checked inputs.
 * @returns `gone` by the name under which drift tells of the list; nothing when the index is in it.
 */
export async function findLostListing(context: Context, target: Target, state: PropertyBag): Promise<Drift> {
  const { subject, digest } = state;
  if (typeof subject !== "string") return {};
  const repository = context.registry(target.connection).repository(target.repository);
  const { descriptors, source } = await repository.listReferrers(subject);
  const isListed = source === "api" || descriptors.some((listed) => listed.digest === digest);
  return isListed ? {} : { [`referrers of ${subject}`]: "gone" };
}

/** {@link findLostListing} for a run that goes on without it: a registry that cannot be asked is a warning. */
export async function watchListing(context: Context, target: Target, recorded: PropertyBag): Promise<Drift> {
  try {
    return await findLostListing(context, target, recorded);
  } catch (error) {
    if (!isOutOfReach(error) && !hasStatus(error, 401, 403)) throw error;
    context.warn(
      `drift not checked: the referrers of ${String(recorded["subject"])} could not be listed. ${messageOf(error)}`,
    );
    return {};
  }
}
