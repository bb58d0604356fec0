import { referrersTag } from "../distribution/referrers";
import type { ManifestContent, Repository } from "../distribution/repository";
import { hasCode, ProviderError } from "../errors";
import type { Descriptor } from "../oci/descriptor";
import { digestOf } from "../oci/digest";
import { encodeIndex } from "../oci/indexEncode";
import { parseManifest } from "../oci/manifest";
import { mediaTypes } from "../oci/mediaTypes";

const attempts = 3;

/**
 * Lists manifests under their subject's fallback tag, for registries without the referrers API; what others listed there
 * stays. Reads again after writing, and merges when somebody else wrote in between.
 * @param subject - digest of the manifest that is referred to.
 * @param referrers - descriptors with artifactType and all annotations.
 * @throws ERR_TAG_CONFLICT when others overwrote the list each time.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests-with-subject
 */
export async function addReferrers(
  repository: Repository,
  subject: string,
  referrers: readonly Descriptor[],
): Promise<void> {
  await changeReferrers(repository, subject, (listed) => {
    const there = new Set(listed.map(({ digest }) => digest));
    return [...listed, ...referrers.filter(({ digest }) => !there.has(digest))];
  });
}

/** Takes manifests off their subject's fallback tag, and the tag away when nothing is left. @throws as {@link addReferrers}. */
export async function removeReferrers(
  repository: Repository,
  subject: string,
  digests: readonly string[],
): Promise<void> {
  const left = await changeReferrers(repository, subject, (listed) =>
    listed.filter(({ digest }) => !digests.includes(digest)),
  );
  const list = left.length === 0 ? await repository.headManifest(referrersTag(subject)) : undefined;
  const { digest } = listOf([]).descriptor;
  if (list?.digest === digest) await repository.deleteManifest(digest);
}

/** @returns what is listed afterwards; of a registry with the referrers API, what it lists by itself. */
async function changeReferrers(
  repository: Repository,
  subject: string,
  change: (listed: readonly Descriptor[]) => readonly Descriptor[],
): Promise<readonly Descriptor[]> {
  const tag = referrersTag(subject);
  for (let writes = 0; ; writes += 1) {
    const { descriptors, source, list } = await repository.listReferrers(subject);
    const wanted = change(descriptors);
    if (source === "api" || wanted.length === descriptors.length) return descriptors;
    if (writes === attempts) throw overwritten(subject, tag);
    await repository.putManifest(tag, listOf(wanted), { digest: list }).catch(unlessTaken);
  }
}

/** A list that another writer took while an answer was lost is read and changed again. @throws any other failure. */
function unlessTaken(failure: unknown): void {
  if (!hasCode(failure, "ERR_TAG_CONFLICT")) throw failure;
}

function listOf(manifests: readonly Descriptor[]): ManifestContent {
  const bytes = encodeIndex({ mediaType: mediaTypes.ociIndex, manifests });
  return { descriptor: { mediaType: mediaTypes.ociIndex, digest: digestOf(bytes), size: bytes.length }, bytes };
}

/**
 * What a list of referrers says of a manifest.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
export function referrerDescriptor({ descriptor, bytes }: ManifestContent): Descriptor {
  const parsed = parseManifest(bytes, { mediaType: descriptor.mediaType, what: descriptor.digest });
  const { annotations, artifactType = parsed.kind === "manifest" ? parsed.config.mediaType : undefined } = parsed;
  return { ...descriptor, ...(annotations && { annotations }), ...(artifactType && { artifactType }) };
}

function overwritten(subject: string, tag: string): ProviderError<"ERR_TAG_CONFLICT"> {
  const message = `the referrers of ${subject} under the tag ${tag} were overwritten ${attempts} times in a row. Run \`pulumi up\` again.`;
  return new ProviderError("ERR_TAG_CONFLICT", message, { tag, digest: "" });
}
