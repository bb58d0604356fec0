import type { Repository } from "../../distribution/repository";
import { parseManifest } from "../../oci/manifest";
import { formatPlatform, isUnknownPlatform } from "../../oci/platform";

/** Summarizes a manifest for a message: an index's platforms, or its media type when it cannot be read. */
export async function summarizeManifest(repository: Repository, digest: string): Promise<string> {
  let mediaType = "a manifest that cannot be read";
  try {
    const content = await repository.getManifest(digest);
    if (content === undefined) return mediaType;
    mediaType = content.descriptor.mediaType;
    const manifest = parseManifest(content.bytes, { mediaType, what: digest });
    if (manifest.kind !== "index") return `an image, ${mediaType}`;
    const platforms = manifest.manifests
      .flatMap(({ platform }) => platform ?? [])
      .filter((platform) => !isUnknownPlatform(platform));
    return `an index of ${platforms.map(formatPlatform).join(", ") || "no platforms"}`;
  } catch {
    return mediaType;
  }
}
