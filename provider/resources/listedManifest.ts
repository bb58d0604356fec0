import type { ManifestContent, Repository } from "../distribution/repository";
import { parseManifest } from "../oci/manifest";

/** The digests of what a manifest names beside blobs: the manifests that an index lists, and the subject. */
export function namedByManifest({ bytes, descriptor }: ManifestContent): readonly string[] {
  const manifest = parseManifest(bytes, { mediaType: descriptor.mediaType, what: descriptor.digest });
  const listed = manifest.kind === "index" ? manifest.manifests : [];
  return [...listed, ...(manifest.subject ? [manifest.subject] : [])].map(({ digest }) => digest);
}

/** Looks for a manifest that was there a moment ago, with one GET, and puts it again when it is gone. */
export async function putBackIfGone(repository: Repository, manifest: ManifestContent): Promise<void> {
  const { digest } = manifest.descriptor;
  if ((await repository.lookForManifest(digest)) === undefined) await repository.putManifest(digest, manifest);
}
