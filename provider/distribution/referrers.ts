import { hasCode } from "../errors";
import { discardBody, readBody } from "../http/body";
import { type Descriptor, parseDescriptor } from "../oci/descriptor";
import { parseDigest } from "../oci/digest";
import { arrayField, asObject, optionalField, optionalString, parseJson } from "../oci/json";
import { manifestLimit } from "../oci/manifest";
import { mediaTypes } from "../oci/mediaTypes";
import { readPages } from "./pages";
import type { ManifestContent, Referrers, Repository } from "./repository";
import { nameOf, type RepositoryAccess, repositoryUrl } from "./repositoryAccess";

/**
 * The tag under which clients keep the list of a manifest's referrers where the registry has no referrers API.
 * @param digest - of the manifest that is referred to.
 * @returns `sha256-<hex>`; a longer digest is cut to 64 digits.
 * @throws ERR_DIGEST_INVALID.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema
 */
export function referrersTag(digest: string): string {
  const [algorithm = "", encoded = ""] = parseDigest(digest).split(":");
  return `${algorithm}-${encoded.slice(0, 64)}`;
}

/**
 * Lists what refers to a manifest: from the referrers API, or where there is none from the fallback tag.
 * @param getManifest - reads the fallback tag; a caller that writes the tag next needs an answer that no earlier call began.
 * @param digest - of the manifest that is referred to.
 * @param artifactType - only those of this type.
 * @throws ERR_CONTENT_TOO_LARGE for more than 10,000 of them, ERR_CONTENT_INVALID for an answer that is no index.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
export async function listReferrers(
  access: RepositoryAccess,
  getManifest: Repository["getManifest"],
  digest: string,
  artifactType: string | undefined,
): Promise<Referrers> {
  const told = await askApi(access, digest, artifactType);
  const { descriptors, ...rest }: Referrers =
    told === undefined ? await readFallbackTag(getManifest, digest) : { descriptors: told, source: "api" };
  // A registry need not filter, and a fallback tag cannot.
  const wanted = descriptors.filter(
    (descriptor) => (artifactType ?? descriptor.artifactType) === descriptor.artifactType,
  );
  return { descriptors: wanted, ...rest };
}

/** @returns `undefined` when the registry has no referrers API. */
async function askApi(access: RepositoryAccess, digest: string, artifactType: string | undefined) {
  const what = `referrers of ${nameOf(access, digest)}`;
  const url = repositoryUrl(access, `referrers/${parseDigest(digest)}`);
  if (artifactType !== undefined) url.search = `artifactType=${encodeURIComponent(artifactType)}`;
  // Any 404: whether something is listed is then for the fallback tag to say.
  return readPages(access, { url, accept: mediaTypes.ociIndex, what, readAbsence: discardBody }, async (response) => {
    // Some answer what they do not know with a page for people.
    if (!response.headers["content-type"]?.startsWith(mediaTypes.ociIndex)) {
      await discardBody(response);
      return undefined;
    }
    return manifestsOf(await readBody(response, manifestLimit, "list of referrers"), what);
  });
}

async function readFallbackTag(getManifest: Repository["getManifest"], subject: string): Promise<Referrers> {
  const content = await getManifest(referrersTag(subject));
  if (content === undefined) return { descriptors: [], source: "fallbackTag" };
  const tagged = content.descriptor.digest;
  const descriptors = tagged === subject ? undefined : listedReferrers(content);
  if (descriptors === undefined) return { descriptors: [], source: "notAList", tagged };
  return { descriptors, source: "fallbackTag", tagged };
}

/**
 * Reads the list under a fallback tag.
 * @returns `undefined` when it is none: no OCI index, an artifact, or an index of images for platforms.
 */
function listedReferrers({ descriptor, bytes }: ManifestContent): readonly Descriptor[] | undefined {
  if (descriptor.mediaType !== mediaTypes.ociIndex) return undefined;
  try {
    const index = asObject(parseJson(bytes, "list of referrers", manifestLimit), "list of referrers:");
    if (optionalField(index, "subject", asObject) || optionalString(index, "artifactType")) return undefined;
    const entries = arrayField(index, "manifests", parseDescriptor);
    return entries.some(isPlatformImage) ? undefined : entries;
  } catch (error) {
    if (hasCode(error, "ERR_CONTENT_INVALID")) return undefined;
    throw error;
  }
}

/** A referrer's descriptor has its type, and needs no platform. */
function isPlatformImage({ platform, artifactType }: Descriptor): boolean {
  return platform !== undefined && artifactType === undefined;
}

/** Read leniently: not every registry gives all the fields that an index must have. */
function manifestsOf(bytes: Uint8Array, what: string): readonly Descriptor[] {
  return arrayField(asObject(parseJson(bytes, what, manifestLimit), `${what}:`), "manifests", parseDescriptor);
}
