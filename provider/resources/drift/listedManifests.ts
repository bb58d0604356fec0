import type { Descriptor } from "../../oci/descriptor";
import { entryLabel } from "../../oci/entryLabel";
import { listedName } from "./lostContent";

/** The manifests that an index lists; an entry is `undefined` while its digest is not known. */
export interface Listing {
  /** The digest of each platform's image; `undefined` while it is not known which platforms there are. */
  readonly platforms: Readonly<Record<string, string | undefined>> | undefined;
  /** The label of each other manifest, by digest; `undefined` while they are not known. */
  readonly otherManifests: Readonly<Record<string, string>> | undefined;
}

/** Labels the manifests of an index that are none of its platforms' images: by digest. */
export function labelOthers(
  manifests: readonly Descriptor[],
  platforms: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const listed = new Set(Object.values(platforms));
  const others = manifests.filter(({ digest }) => !listed.has(digest));
  return Object.fromEntries(others.map((descriptor) => [descriptor.digest, entryLabel(descriptor, manifests)]));
}

/** The known manifests of an index: digests by the name under which drift tells of them, `linux/arm64 (sha256:…)`. */
export function listedManifests({ platforms = {}, otherManifests = {} }: Listing): Readonly<Record<string, string>> {
  const images = Object.entries(platforms).flatMap(([label, digest]) =>
    digest === undefined ? [] : [[label, digest]],
  );
  const others = Object.entries(otherManifests).map(([digest, label]) => [label, digest]);
  return Object.fromEntries(
    [...images, ...others].map(([label = "", digest = ""]) => [listedName(label, digest), digest]),
  );
}

/** The known digests of an index and of all manifests that it lists. */
export function knownDigests({
  digest,
  ...listing
}: Listing & { readonly digest: string | undefined }): readonly string[] {
  return [...(digest === undefined ? [] : [digest]), ...Object.values(listedManifests(listing))];
}
