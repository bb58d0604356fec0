import type { Repository } from "../distribution/repository";
import type { Descriptor } from "../oci/descriptor";
import { parseManifest } from "../oci/manifest";
import { formatPlatform, isUnknownPlatform } from "../oci/platform";

/** What a manifest holds, for a message: an index's platforms, or its media type when it cannot be read. */
export async function describeManifest(repository: Repository, descriptor: Descriptor): Promise<string> {
  try {
    const content = await repository.getManifest(descriptor.digest);
    const manifest =
      content && parseManifest(content.bytes, { mediaType: descriptor.mediaType, what: descriptor.digest });
    if (manifest?.kind !== "index") return `an image, ${descriptor.mediaType}`;
    const platforms = manifest.manifests
      .flatMap(({ platform }) => platform ?? [])
      .filter((platform) => !isUnknownPlatform(platform));
    return `an index of ${platforms.map(formatPlatform).join(", ") || "no platforms"}`;
  } catch {
    return descriptor.mediaType;
  }
}
