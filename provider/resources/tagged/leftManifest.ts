import type { ManifestContent, Repository } from "../../distribution/repository";
import { manifestParts } from "../../oci/manifestParts";

/**
 * The manifest that a tag is about to leave, if it has to stay: zot deletes what loses its last tag, even if an index lists it.
 * @param digest - what the tag names.
 * @param write - `content`: what the tag will name; `stay`: what has to stay beside all that this one names.
 */
export async function manifestToStay(
  repository: Repository,
  digest: string,
  { content, stay = [] }: { readonly content: ManifestContent; readonly stay?: readonly string[] },
): Promise<ManifestContent | undefined> {
  const needed = [...namedBy(content), ...stay];
  return needed.includes(digest) ? repository.getManifest(digest) : undefined;
}

/** Looks for a manifest that was there a moment ago, with one GET, and puts it again when it is gone. */
export async function putBackIfGone(repository: Repository, manifest: ManifestContent): Promise<void> {
  const { digest } = manifest.descriptor;
  if ((await repository.lookForManifest(digest)) === undefined) await repository.putManifest(digest, manifest);
}

/** The manifests that an index lists, and the subject. */
function namedBy({ bytes, descriptor }: ManifestContent): readonly string[] {
  const { manifests, subject } = manifestParts(bytes, descriptor.mediaType, descriptor.digest);
  return [...manifests, ...(subject ? [subject] : [])].map(({ digest }) => digest);
}
