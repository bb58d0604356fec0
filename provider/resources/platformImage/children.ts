import { formatPlatform } from "../../oci/platform";
import type { Context } from "../context";
import { hasLostBlobs, listedName } from "../drift/lostContent";
import type { Placed, Planned } from "../tagged/declared";
import type { DeclaredImage } from "./inputs";
import { plannedImage } from "./plan";
import type { ImageResults } from "./results";

/** Digests of an image's attestations by the name under which drift tells of them: only the image itself checks for them. */
export function attestationsByName({ platform, attestations = [] }: ImageResults): Readonly<Record<string, string>> {
  const label = `attestation of ${platform ? formatPlatform(platform) : "the image"}`;
  return Object.fromEntries(attestations.map(({ digest }) => [listedName(label, digest), digest]));
}

/**
 * Makes sure that blobs and attestations which are gone can be pushed again. Only an image that is kept without its source may
 * not have them: of any other one check has just read the source.
 * @throws ERR_NOT_FOUND.
 */
export async function assertRestorable(
  context: Context,
  planned: Placed<Planned<DeclaredImage, ImageResults>>,
  lost: readonly string[],
  { drift }: Planned<DeclaredImage, ImageResults>,
): Promise<void> {
  const isHarmed = lost.length > 0 || hasLostBlobs(drift);
  if (isHarmed && planned.inputs?.image?.ifSourceMissing === "keep") await plannedImage(context, planned);
}
