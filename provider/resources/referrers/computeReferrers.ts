import { messageOf } from "../../errors";
import type { Context } from "../context";
import type { PropertyBag } from "../properties/bag";
import { withInputPath } from "../properties/inputPath";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import { isOutOfReach } from "../tagged/tagCheck";
import { findReferrers } from "./findReferrers";
import type { CopyReferrers } from "./referrers";
import { referrerInputs, referrersOf } from "./referrers";

/** Whose referrers are to come along. */
export interface ReferrersSource {
  /** The repository that holds the manifests. */
  readonly source: Target;
  /** Where they are copied to; `undefined` while that is not known. */
  readonly target: Target | undefined;
  /** Digests of the manifests. */
  readonly subjects: readonly string[];
  readonly copyReferrers: CopyReferrers;
}

/**
 * The computed inputs that tell what refers to the copied manifests, as the source has it now: so a new signature is a change.
 * Within one repository there is nothing to bring.
 * @param unchanged - the last checked inputs when they ask for the same copy: a source that cannot be reached is then a warning.
 * @throws what {@link findReferrers} throws, led by `source.image`.
 */
export async function computeReferrers(
  context: Context,
  { source, target, subjects, copyReferrers }: ReferrersSource,
  unchanged: PropertyBag | undefined,
): Promise<PropertyBag> {
  if (copyReferrers === "none" || (target && repositoryName(source) === repositoryName(target))) return {};
  const repository = context.registry(source.connection).repository(source.repository);
  // Told once: with nothing changed, a run has nothing to say.
  const warn = (message: string) => (unchanged === undefined ? context.warn(message) : undefined);
  try {
    const found = await withInputPath("source.image", false, () =>
      findReferrers(repository, subjects, copyReferrers, warn),
    );
    return referrerInputs(found);
  } catch (error) {
    if (unchanged === undefined || !isOutOfReach(error)) throw error;
    context.warn(`referrers not looked for: ${messageOf(error)}`);
    return referrerInputs(referrersOf(unchanged));
  }
}
