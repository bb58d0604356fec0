import type { Descriptor } from "../oci/descriptor";
import { isIndexMediaType, isManifestMediaType } from "../oci/mediaTypes";
import { assertAgreement } from "../oci/platformAgreement";
import { completePlatform } from "../oci/platformComparison";
import type { Store } from "./store";
import { readConfigPlatform, readParsed } from "./store";

/**
 * Completes an image's descriptor with what the image itself tells: its artifact type, and the platform of its config.
 * A manifest of an unknown media type stays as it is listed.
 * @param listed - as an index lists it, or of an image that stands alone.
 * @param where - what lists it, for messages: `images[0]: in localhost:5000/team/server:1.4.0`.
 * @throws ERR_PLATFORM_MISMATCH when config and index contradict one another; as `readParsed` and `readConfigPlatform`.
 */
export async function describedImage(store: Store, listed: Descriptor, where: string): Promise<Descriptor> {
  if (isOtherMediaType(listed.mediaType)) return listed;
  const { parsed } = await readParsed(store, listed);
  if (parsed.kind === "index") return listed;
  const found = await readConfigPlatform(store, parsed);
  if (listed.platform && found) assertAgreement(listed.platform, found, where, `the config of ${listed.digest}`);
  const platform = listed.platform ? completePlatform(found, listed.platform) : found;
  return {
    // An index that gives an entry a platform but no artifact type means an image.
    ...(parsed.artifactType && !listed.platform && { artifactType: parsed.artifactType }),
    ...listed,
    ...(platform && { platform }),
  };
}

function isOtherMediaType(mediaType: string): boolean {
  return mediaType !== "" && !isManifestMediaType(mediaType) && !isIndexMediaType(mediaType);
}
