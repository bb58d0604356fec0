import { type Descriptor, parseDescriptor } from "../../oci/descriptor";
import { formatPlatform, type Platform } from "../../oci/platform";
import type { PropertyBag } from "../properties/bag";
import { at, list, memberPath } from "../properties/readers";
import { formatReferrers, parseReferrers, referrerNames } from "../properties/referrerInputs";
import { containsUnknown, knownText, orUnknown } from "../properties/unknown";
import { type Referrers, referrerDigests } from "../referrers/referrers";
import type { BagFormat, Results } from "../tagged/declared";
import { parseDeclaredPlatform } from "./inputs";

/** The results of a check of an image; `undefined` members are not known yet. */
export interface ImageResults extends Results {
  /** The declared platform. */
  readonly platform: Platform | undefined;
  /** As an index carries it. */
  readonly descriptor: Descriptor | undefined;
  /** Found along with the image, as an index carries them. */
  readonly attestations: readonly Descriptor[] | undefined;
  readonly referrers: Referrers | undefined;
}

/** The members of checked inputs and states that hold the results. */
export const imageResults: BagFormat<ImageResults> = {
  names: ["descriptor", "digest", "attestationManifests", ...referrerNames],
  parse: (bag) => ({
    digest: knownText(bag["digest"]),
    platform: bag["platform"] === undefined ? undefined : parseDeclaredPlatform(bag),
    descriptor: isKnown(bag["descriptor"]) ? parseDescriptor(bag["descriptor"], "descriptor") : undefined,
    attestations: isKnown(bag["attestationManifests"]) ? parseAttestations(bag) : undefined,
    referrers: parseReferrers(bag),
  }),
  format: ({ digest, platform, descriptor, attestations, referrers }) => ({
    digest: orUnknown(digest),
    descriptor: descriptor ?? unknownDescriptor(platform),
    attestationManifests: orUnknown(attestations),
    ...formatReferrers(referrers),
  }),
};

/** The results while the source is not known. */
export function unknownImage(platform: Platform | undefined): ImageResults {
  return { digest: undefined, platform, descriptor: undefined, attestations: undefined, referrers: undefined };
}

/** The digests of the image, its attestations and its referrers, as far as they are known. */
export function imageManifests({ digest, attestations = [], referrers }: ImageResults): readonly string[] {
  const about = attestations.map((attestation) => attestation.digest);
  return [...(digest === undefined ? [] : [digest]), ...about, ...referrerDigests(referrers)];
}

/** The end of the id of an image without a tag. */
export function platformSuffix({ platform }: ImageResults): string {
  return platform ? `@${formatPlatform(platform)}` : "";
}

function parseAttestations(bag: PropertyBag): readonly Descriptor[] {
  return list(bag, "attestationManifests").map((value, index) => {
    const path = memberPath("attestationManifests", index);
    return at(path, () => parseDescriptor(value, path));
  });
}

function isKnown(value: unknown): boolean {
  return value !== undefined && !containsUnknown(value);
}

function unknownDescriptor(platform: Platform | undefined): PropertyBag {
  return {
    mediaType: orUnknown(undefined),
    digest: orUnknown(undefined),
    size: orUnknown(undefined),
    platform: orUnknown(platform),
  };
}
