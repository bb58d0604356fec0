import { referrersTag } from "../distribution/referrers";
import type { Repository } from "../distribution/repository";
import { ProviderError } from "../errors";
import type { Descriptor } from "../oci/descriptor";
import { digestOf } from "../oci/digest";
import { encodeIndex } from "../oci/indexEncode";
import { mediaTypes } from "../oci/mediaTypes";

const attempts = 3;

/**
 * Lists a manifest under its subject's fallback tag, for registries without the referrers API; what others listed there
 * stays. Reads again after writing, and merges when somebody else wrote in between.
 * @param subject - digest of the manifest that is referred to.
 * @param referrer - descriptor with artifactType and all annotations.
 * @throws ERR_TAG_CONFLICT when others overwrote the list each time.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests-with-subject
 */
export async function addReferrer(repository: Repository, subject: string, referrer: Descriptor): Promise<void> {
  await changeReferrers(repository, subject, (listed) =>
    listed.some(({ digest }) => digest === referrer.digest) ? listed : [...listed, referrer],
  );
}

/** Takes a manifest off its subject's fallback tag; the tag itself stays. @throws as {@link addReferrer}. */
export async function removeReferrer(repository: Repository, subject: string, digest: string): Promise<void> {
  await changeReferrers(repository, subject, (listed) => listed.filter((descriptor) => descriptor.digest !== digest));
}

async function changeReferrers(
  repository: Repository,
  subject: string,
  change: (listed: readonly Descriptor[]) => readonly Descriptor[],
): Promise<void> {
  const tag = referrersTag(subject);
  for (let writes = 0; ; writes += 1) {
    const { descriptors, source } = await repository.listReferrers(subject);
    const wanted = change(descriptors);
    if (source === "api" || wanted.length === descriptors.length) return;
    if (writes === attempts) throw overwritten(subject, tag);
    const bytes = encodeIndex({ mediaType: mediaTypes.ociIndex, manifests: wanted });
    const descriptor = { mediaType: mediaTypes.ociIndex, digest: digestOf(bytes), size: bytes.length };
    await repository.putManifest(tag, { descriptor, bytes });
  }
}

function overwritten(subject: string, tag: string): ProviderError<"ERR_TAG_CONFLICT"> {
  const message = `the referrers of ${subject} under the tag ${tag} were overwritten ${attempts} times in a row. Run \`pulumi up\` again.`;
  return new ProviderError("ERR_TAG_CONFLICT", message, { tag, digest: "" });
}
