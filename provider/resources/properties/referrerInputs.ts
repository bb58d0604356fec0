import type { CopyReferrers, Referrers } from "../referrers/referrers";
import type { PropertyBag } from "./bag";
import { choice, knownMap } from "./readers";
import { orUnknown } from "./unknown";

/** The names of {@link Referrers}. */
export const referrerNames = ["referrers", "referrerTags"];

/** Reads `copyReferrers`. @param path - of the object that holds it. @throws ERR_INPUT_INVALID. */
export function parseCopyReferrers(bag: PropertyBag, path = ""): CopyReferrers {
  return choice(bag, "copyReferrers", ["none", "direct", "recursive"], "none", path);
}

/** Reads the referrers of checked inputs or a state; `undefined` while they are not known. */
export function parseReferrers(bag: PropertyBag): Referrers | undefined {
  const [referrers, referrerTags] = [knownMap(bag, "referrers"), knownMap(bag, "referrerTags")];
  return referrers && referrerTags && { referrers, referrerTags };
}

/** Referrers as computed inputs. */
export function formatReferrers(found: Referrers | undefined): PropertyBag {
  return { referrers: orUnknown(found?.referrers), referrerTags: orUnknown(found?.referrerTags) };
}
