import { referrersTag } from "../../distribution/referrers";
import type { ManifestContent, Repository } from "../../distribution/repository";
import { hasCode, ProviderError } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import { digestOf } from "../../oci/digest";
import { encodeIndex } from "../../oci/indexEncode";
import { manifestParts } from "../../oci/manifestParts";
import { mediaTypes } from "../../oci/mediaTypes";
import type { Context } from "../context";

const attempts = 3;

/**
 * Lists manifests under their subject's fallback tag, for registries without the referrers API; what others listed there
 * stays. Reads again after writing, and merges when somebody else wrote in between.
 * @param subject - digest of the manifest that is referred to.
 * @param referrers - descriptors with artifactType and all annotations.
 * @throws ERR_TAG_CONFLICT when others overwrote the list each time, or the tag names something that is no list of referrers:
 * that is never written over.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests-with-subject
 */
export async function addReferrers(
  context: Context,
  repository: Repository,
  subject: string,
  referrers: readonly Descriptor[],
): Promise<void> {
  await changeReferrers(context, repository, subject, (listed) => {
    const there = new Set(listed.map(({ digest }) => digest));
    return [...listed, ...referrers.filter(({ digest }) => !there.has(digest))];
  });
}

/**
 * Takes manifests off their subject's fallback tag, and the tag away when nothing is left. Does nothing when the tag names no list
 * of referrers. @throws as {@link addReferrers}.
 */
export async function removeReferrers(
  context: Context,
  repository: Repository,
  subject: string,
  digests: readonly string[],
): Promise<void> {
  await changeReferrers(context, repository, subject, (listed) =>
    listed.filter(({ digest }) => !digests.includes(digest)),
  );
}

/** Reads, changes, writes and reads again, alone in this process; a registry with the referrers API needs none of it. */
function changeReferrers(context: Context, repository: Repository, subject: string, change: Change): Promise<void> {
  const tag = referrersTag(subject);
  return context.turns(`${repository.address}/${repository.name}:${tag}`, async () => {
    for (let writes = 0; ; writes += 1) {
      const { descriptors, source, tagged } = await repository.listReferrers(subject);
      if (source === "api") return;
      const wanted = change(descriptors);
      if (wanted.length === descriptors.length) return;
      if (source === "notAList") throw notAList(repository, subject, tag, tagged);
      if (writes === attempts) throw overwritten(subject, tag);
      const isRemovable = wanted.length === 0 && tagged !== undefined;
      if (isRemovable && (await isRemoved(repository, tag, tagged))) continue;
      await repository.putManifest(tag, listOf(wanted), { digest: tagged }).catch(unlessTaken);
    }
  });
}

/** Gives the wanted list, from what is listed. */
type Change = (listed: readonly Descriptor[]) => readonly Descriptor[];

/** Removes the tag of a list of which nothing is left. @returns `false` where the registry removes no tag. */
async function isRemoved(repository: Repository, tag: string, list: string): Promise<boolean> {
  return typeof (await repository.removeTag(tag, list, [])) === "string";
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
 * The entry of a manifest in a list of referrers.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
export function referrerDescriptor({ descriptor, bytes }: ManifestContent): Descriptor {
  const parts = manifestParts(bytes, descriptor.mediaType, descriptor.digest);
  const { annotations, artifactType = parts.configMediaType } = parts;
  return { ...descriptor, ...(annotations && { annotations }), ...(artifactType && { artifactType }) };
}

function notAList({ address, name }: Repository, subject: string, tag: string, digest = ""): ProviderError {
  const message =
    `${address}/${name}:${tag} names ${digest}, which is no list of referrers. Registries without the referrers API keep the list ` +
    `of what refers to ${subject} there, so nothing was written to it. Rename or delete that tag, or leave the subject out.`;
  return new ProviderError("ERR_TAG_CONFLICT", message, { tag, digest });
}

function overwritten(subject: string, tag: string): ProviderError<"ERR_TAG_CONFLICT"> {
  const message = `the referrers of ${subject} under the tag ${tag} were overwritten ${attempts} times in a row. Run \`pulumi up\` again.`;
  return new ProviderError("ERR_TAG_CONFLICT", message, { tag, digest: "" });
}
