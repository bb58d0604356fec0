import type { ManifestContent, Repository } from "../../distribution/repository";
import { ProviderError } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import { entryLabel } from "../../oci/entryLabel";
import { parseManifest } from "../../oci/manifest";
import { isIndexMediaType, isManifestMediaType } from "../../oci/mediaTypes";
import { referenceTo } from "../../oci/reference";
import { listedName } from "../drift/lostContent";

/**
 * Makes sure that a repository has all manifests that an index lists, before a tag names it: not every registry checks that itself.
 * One HEAD for each that this process has neither seen nor put there.
 * @param repair - copies again what lives elsewhere; called when something is missing.
 * @throws ERR_NOT_FOUND naming what is missing all the same.
 */
export async function requireWhole(
  repository: Repository,
  content: ManifestContent,
  repair?: () => Promise<void>,
): Promise<void> {
  const listed = listedManifests(content);
  const missing = await absentOf(repository, listed);
  if (missing.length === 0) return;
  await repair?.();
  const lost = repair ? await absentOf(repository, missing) : missing;
  if (lost.length > 0) throw notWhole(repository, content, lost, listed);
}

/** Only manifests and indexes can be checked for. */
function listedManifests({ bytes, descriptor }: ManifestContent): readonly Descriptor[] {
  if (!isIndexMediaType(descriptor.mediaType)) return [];
  const manifest = parseManifest(bytes, { mediaType: descriptor.mediaType, what: descriptor.digest });
  const listed = manifest.kind === "index" ? manifest.manifests : [];
  return listed.filter(({ mediaType }) => isManifestMediaType(mediaType) || isIndexMediaType(mediaType));
}

async function absentOf(repository: Repository, descriptors: readonly Descriptor[]): Promise<readonly Descriptor[]> {
  const looks = descriptors.map(async (one) => ((await repository.headManifest(one.digest)) ? [] : [one]));
  return (await Promise.all(looks)).flat();
}

function notWhole(
  { address, name }: Repository,
  { descriptor }: ManifestContent,
  lost: readonly Descriptor[],
  listed: readonly Descriptor[],
): ProviderError<"ERR_NOT_FOUND"> {
  const place = `${address}/${name}`;
  const labels = lost.map((one) => listedName(entryLabel(one, listed), one.digest));
  return new ProviderError(
    "ERR_NOT_FOUND",
    `the index ${descriptor.digest} got no tag, because ${place} lacks what it lists: ${labels.join(", ")}. Push that again; ` +
      "what a resource of this program pushed comes back with `pulumi up --refresh`.",
    { reference: referenceTo(place, lost[0]?.digest ?? descriptor.digest) },
  );
}
