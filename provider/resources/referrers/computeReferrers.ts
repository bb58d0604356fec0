import { messageOf } from "../../errors";
import type { Context } from "../context";
import { sourceAt } from "../process/repositoryAt";
import { withInputPath } from "../properties/inputPath";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import { isOutOfReach } from "../tagged/tagCheck";
import { findReferrers } from "./findReferrers";
import { type CopyReferrers, noReferrers, type Referrers } from "./referrers";

/** The manifests whose referrers are to be copied along. */
export interface ReferrersSource {
  /** The repository that holds the manifests. */
  readonly source: Target;
  /** The repository that they are copied to; `undefined` while that is not known. */
  readonly target: Target | undefined;
  /** Digests of the manifests. */
  readonly subjects: readonly string[];
  readonly copyReferrers: CopyReferrers;
}

/**
 * Lists the referrers of copied manifests, as the source has them now: so a new signature is a change. Within one repository there
 * is nothing to copy.
 * @param recorded - the last result when the inputs ask for the same copy: a source that cannot be reached is then a warning.
 * @throws what {@link findReferrers} throws, led by `source.image`.
 */
export async function computeReferrers(
  context: Context,
  { source, target, subjects, copyReferrers }: ReferrersSource,
  recorded: Referrers | undefined,
): Promise<Referrers> {
  if (copyReferrers === "none" || (target && repositoryName(source) === repositoryName(target))) return noReferrers;
  const repository = sourceAt(context, source);
  // A run that changes nothing repeats no warning.
  const warn = (message: string) => (recorded === undefined ? context.warn(message) : undefined);
  try {
    return await withInputPath("source.image", false, () => findReferrers(repository, subjects, copyReferrers, warn));
  } catch (error) {
    if (recorded === undefined || !isOutOfReach(error)) throw error;
    context.warn(`referrers not checked: ${messageOf(error)}`);
    return recorded;
  }
}
