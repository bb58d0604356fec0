import type { PropertyBag } from "../properties/bag";
import { choice, stringMap } from "../properties/readers";
import { containsUnknown } from "../properties/unknown";

/** Whether what refers to copied manifests comes along: nothing, what refers to them, or also what refers to that. */
export type CopyReferrers = "none" | "direct" | "recursive";

/** What refers to copied manifests, as computed inputs and states have it. */
export interface Referrers {
  /** The digest of each referrer's subject, by its own digest. */
  readonly referrers: Readonly<Record<string, string>>;
  /** What cosign keeps under tags of its own (`sha256-<hex>.sig`): the digest, by tag. */
  readonly referrerTags: Readonly<Record<string, string>>;
}

/** The names of {@link Referrers}. */
export const referrerNames = ["referrers", "referrerTags"];

/** Reads `copyReferrers`. @param path - of the object that holds it. @throws ERR_INPUT_INVALID. */
export function parseCopyReferrers(bag: PropertyBag, path = ""): CopyReferrers {
  return choice(bag, "copyReferrers", ["none", "direct", "recursive"], "none", path);
}

/** Reads what checked inputs or a state say; nothing, of absent ones. */
export function referrersOf(bag: PropertyBag = {}): Referrers {
  return { referrers: stringMap(bag, "referrers") ?? {}, referrerTags: stringMap(bag, "referrerTags") ?? {} };
}

/** The digests of all referrers that checked inputs or a state list; none while they are not known. */
export function referrerDigests(bag: PropertyBag): readonly string[] {
  if (containsUnknown([bag["referrers"], bag["referrerTags"]])) return [];
  const { referrers, referrerTags } = referrersOf(bag);
  return [...Object.keys(referrers), ...Object.values(referrerTags)];
}

/** As computed inputs: what is empty is left out. */
export function referrerInputs({ referrers, referrerTags }: Referrers): PropertyBag {
  const named = Object.entries({ referrers, referrerTags });
  return Object.fromEntries(named.filter(([, entries]) => Object.keys(entries).length > 0));
}

/** What cosign keeps beside an image: signatures, attestations, bills of materials. */
const cosignSuffixes = [".sig", ".att", ".sbom"];

/**
 * The tags under which cosign keeps what it knows of a manifest.
 * @see https://github.com/sigstore/cosign/blob/v2.4.1/specs/SIGNATURE_SPEC.md
 */
export function cosignTags(digest: string): readonly string[] {
  return cosignSuffixes.map((suffix) => `${digest.replace(":", "-")}${suffix}`);
}

/** Whether a tag is one of {@link cosignTags} of some manifest. */
export function isCosignTag(tag: string): boolean {
  return /^sha256-[0-9a-f]{64}\.(sig|att|sbom)$/.test(tag);
}

/** The digest of the manifest that one of {@link cosignTags} is about. */
export function cosignSubject(tag: string): string {
  return tag.replace(/\..*$/, "").replace("-", ":");
}
