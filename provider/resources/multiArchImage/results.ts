import type { Listing } from "../drift/listedManifests";
import { isBag, knownMap, optionalNumber, stringMap } from "../properties/readers";
import { isUnknown, knownText, orUnknown } from "../properties/unknown";
import type { BagFormat, Results } from "../tagged/declared";

/** The results of a check of an index; `undefined` members are not known yet. */
export interface IndexResults extends Results, Listing {
  readonly mediaType: string | undefined;
  /** In bytes. */
  readonly manifestSize: number | undefined;
  /** The digest of each known reference of `images`, by the reference as written. */
  readonly sources: Readonly<Record<string, string>>;
  /** The digest that each tag of a child names. */
  readonly childTags: Readonly<Record<string, string>> | undefined;
}

/** The results while nothing of the index is known. */
export const unknownIndex: IndexResults = {
  digest: undefined,
  mediaType: undefined,
  manifestSize: undefined,
  platforms: undefined,
  otherManifests: undefined,
  sources: {},
  childTags: undefined,
};

/** The members of checked inputs and states that hold the results. */
export const indexResults: BagFormat<IndexResults> = {
  names: ["digest", "mediaType", "manifestSize", "platforms", "otherManifests", "sources", "childTags"],
  parse: (bag) => ({
    digest: knownText(bag["digest"]),
    mediaType: knownText(bag["mediaType"]),
    manifestSize: isUnknown(bag["manifestSize"]) ? undefined : optionalNumber(bag, "manifestSize"),
    platforms: parsePlatforms(bag["platforms"]),
    otherManifests: knownMap(bag, "otherManifests"),
    sources: stringMap(bag, "sources") ?? {},
    childTags: knownMap(bag, "childTags"),
  }),
  format: ({ digest, mediaType, manifestSize, platforms, otherManifests, sources, childTags }) => ({
    digest: orUnknown(digest),
    mediaType: orUnknown(mediaType),
    manifestSize: orUnknown(manifestSize),
    platforms: orUnknown(platforms && formatPlatforms(platforms)),
    otherManifests: orUnknown(otherManifests),
    sources,
    childTags: orUnknown(childTags),
  }),
};

type Platforms = NonNullable<Listing["platforms"]>;

function parsePlatforms(value: unknown): Platforms | undefined {
  if (isUnknown(value)) return undefined;
  return Object.fromEntries(
    Object.entries(isBag(value) ? value : {}).map(([platform, digest]) => [platform, knownText(digest)]),
  );
}

function formatPlatforms(platforms: Platforms) {
  return Object.fromEntries(Object.entries(platforms).map(([platform, digest]) => [platform, orUnknown(digest)]));
}
