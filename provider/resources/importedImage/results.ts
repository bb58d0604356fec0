import { knownDigests, type Listing } from "../drift/listedManifests";
import { knownMap, optionalNumber } from "../properties/readers";
import { formatReferrers, parseReferrers, referrerNames } from "../properties/referrerInputs";
import { isUnknown, knownText, orUnknown } from "../properties/unknown";
import { type Referrers, referrerDigests } from "../referrers/referrers";
import type { BagFormat, Results } from "../tagged/declared";

/** The results of a check of a copy; `undefined` members are not known yet. */
export interface ImportResults extends Results, Listing {
  readonly mediaType: string | undefined;
  /** In bytes. */
  readonly manifestSize: number | undefined;
  readonly platforms: Readonly<Record<string, string>> | undefined;
  /** The digest that the source's reference names. */
  readonly sourceDigest: string | undefined;
  readonly referrers: Referrers | undefined;
}

/** The members of checked inputs and states that hold the results. */
export const importResults: BagFormat<ImportResults> = {
  names: ["digest", "mediaType", "manifestSize", "platforms", "otherManifests", "sourceDigest", ...referrerNames],
  parse: (bag) => ({
    digest: knownText(bag["digest"]),
    mediaType: knownText(bag["mediaType"]),
    manifestSize: isUnknown(bag["manifestSize"]) ? undefined : optionalNumber(bag, "manifestSize"),
    platforms: knownMap(bag, "platforms"),
    otherManifests: knownMap(bag, "otherManifests"),
    sourceDigest: knownText(bag["sourceDigest"]),
    referrers: parseReferrers(bag),
  }),
  format: ({ digest, mediaType, manifestSize, platforms, otherManifests, sourceDigest, referrers }) => ({
    digest: orUnknown(digest),
    mediaType: orUnknown(mediaType),
    manifestSize: orUnknown(manifestSize),
    platforms: orUnknown(platforms),
    otherManifests: orUnknown(otherManifests),
    sourceDigest: orUnknown(sourceDigest),
    ...formatReferrers(referrers),
  }),
};

/** The results while the source is not known, or cannot be reached yet. @param digest - where the source is given by it. */
export function unknownCopy(digest?: string): ImportResults {
  const unknown = { mediaType: undefined, manifestSize: undefined, platforms: undefined, otherManifests: undefined };
  return { ...unknown, digest, sourceDigest: digest, referrers: undefined };
}

/** The digests of the copy, of all that it lists, and of its referrers, as far as they are known. */
export function importedManifests(results: ImportResults): readonly string[] {
  return [...knownDigests(results), ...referrerDigests(results.referrers)];
}
