/** Which referrers are copied along with manifests: none, theirs, or also those of the referrers. */
export type CopyReferrers = "none" | "direct" | "recursive";

/** The referrers of copied manifests. */
export interface Referrers {
  /** The digest of each referrer's subject, by its own digest. */
  readonly referrers: Readonly<Record<string, string>>;
  /** The digests of the manifests that cosign keeps under tags of its own (`sha256-<hex>.sig`), by tag. */
  readonly referrerTags: Readonly<Record<string, string>>;
}

/** No referrers. */
export const noReferrers: Referrers = { referrers: {}, referrerTags: {} };

/** The digests of all referrers. */
export function referrerDigests({ referrers, referrerTags }: Referrers = noReferrers): readonly string[] {
  return [...Object.keys(referrers), ...Object.values(referrerTags)];
}

/** The suffixes of cosign's tags: signatures, attestations, bills of materials. */
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
