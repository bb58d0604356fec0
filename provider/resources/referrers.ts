import { choice, stringMap } from "./inputs";
import type { PropertyBag } from "./lifecycle";

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

/** The digest of the manifest that one of {@link cosignTags} is about. */
export function cosignSubject(tag: string): string {
  return tag.replace(/\..*$/, "").replace("-", ":");
}
