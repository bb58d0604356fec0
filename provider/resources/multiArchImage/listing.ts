import { hasStatus, messageOf } from "../../errors";
import type { Context } from "../context";
import { repositoryAt } from "../process/repositoryAt";
import type { Drift } from "../properties/drift";
import type { Placed, Planned } from "../tagged/declared";
import { isOutOfReach } from "../tagged/tagCheck";
import type { IndexInputs } from "./inputs";
import type { IndexResults } from "./results";

type PlannedIndex = Placed<Planned<IndexInputs, IndexResults>>;

/**
 * Checks whether the index is still in the list of its subject's referrers, where the registry does not keep it itself. Costs
 * nothing without a subject, else one request, or two where there is no referrers API.
 * @returns `gone` by the name under which drift tells of the list; nothing when the index is in it.
 */
export async function findLostListing(context: Context, { target, inputs, results }: PlannedIndex): Promise<Drift> {
  const subject = inputs?.subject;
  if (subject === undefined) return {};
  const repository = repositoryAt(context, target);
  const { descriptors, source } = await repository.listReferrers(subject);
  const isListed = source === "api" || descriptors.some((listed) => listed.digest === results.digest);
  return isListed ? {} : { [`referrers of ${subject}`]: "gone" };
}

/** {@link findLostListing} for a run that goes on without it: a registry that cannot be asked is a warning. */
export async function watchListing(context: Context, recorded: PlannedIndex): Promise<Drift> {
  try {
    return await findLostListing(context, recorded);
  } catch (error) {
    if (!isOutOfReach(error) && !hasStatus(error, 401, 403)) throw error;
    context.warn(
      `drift not checked: the referrers of ${recorded.inputs?.subject} could not be listed. ${messageOf(error)}`,
    );
    return {};
  }
}
