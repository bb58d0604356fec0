import type { ManifestContent, Repository } from "../../distribution/repository";
import { isAttestation } from "../../oci/attestation";
import type { Descriptor } from "../../oci/descriptor";
import { entryLabel } from "../../oci/entryLabel";
import { platformsOf } from "../../oci/indexPlatforms";
import { parseManifest } from "../../oci/manifest";
import type { Context } from "../context";
import { isAbsent } from "../copy/pushManifest";
import { labelOthers } from "../drift/listedManifests";
import type { Lost } from "../drift/lostContent";
import { findLostContent, listedName } from "../drift/lostContent";
import { findMovedTags, movedFrom } from "../drift/movedTags";
import { repositoryAt } from "../process/repositoryAt";
import { inputError } from "../properties/readers";
import type { Placed, Planned } from "../tagged/declared";
import type { Observation } from "../tagged/taggedKind";
import type { IndexInputs } from "./inputs";
import { findLostListing } from "./listing";
import type { IndexOutputs } from "./outputs";
import { platformImagesAt } from "./platformImages";
import type { IndexResults } from "./results";

type PlannedIndex = Placed<Planned<IndexInputs, IndexResults>>;

/**
 * Observes the index. When all our tags name one other index: that one's digest and platforms. Otherwise `drift` tells each tag that
 * names another digest, and each child and blob that is gone; PlatformImages of the same repository check for their own blobs. The
 * tags themselves are never changed.
 * @returns `undefined` when every tag and the manifest are absent.
 * @throws on any answer that does not tell (401, 403, 5xx, a 404 that is not the registry's own): the state stays as it is.
 */
export async function observe(
  context: Context,
  { recorded }: { readonly recorded: PlannedIndex },
): Promise<Observation<IndexResults, IndexOutputs> | undefined> {
  const { target, tags, results } = recorded;
  const repository = repositoryAt(context, target);
  const named = await Promise.all(tags.map((tag) => repository.headManifest(tag)));
  const elsewhere = commonDigest(named);
  if (elsewhere !== undefined && elsewhere !== results.digest) return pointedElsewhere(repository, results, elsewhere);
  if (results.digest === undefined) {
    if (tags.length > 0 && named.every((descriptor) => descriptor === undefined)) return undefined;
    throw inputError("tags", "an index that exists already is found by tags that all name it");
  }
  const manifest = await repository.getManifest(results.digest);
  if (manifest === undefined && named.every((descriptor) => descriptor === undefined)) return undefined;
  const children = manifest ? childrenOf(manifest) : [];
  const drift = {
    ...movedFrom(results.digest, tags, named),
    ...(await findMovedTags(repository, results.childTags ?? {})),
    ...(await findLostChildren(repository, children, ownConcern(recorded))),
    ...(await findLostListing(context, recorded)),
  };
  return { drift };
}

function commonDigest(named: readonly (Descriptor | undefined)[]): string | undefined {
  const digests = new Set(named.map((descriptor) => descriptor?.digest));
  const [digest] = digests;
  return digests.size === 1 ? digest : undefined;
}

/** The index when all our tags name another manifest. The sources are forgotten: they led to the index that was ours. */
async function pointedElsewhere(
  repository: Repository,
  last: IndexResults,
  digest: string,
): Promise<Observation<IndexResults, IndexOutputs>> {
  const forgotten = { ...last, digest, sources: {}, childTags: last.childTags ?? {} };
  const content = await repository.getManifest(digest);
  if (content === undefined) return { results: { ...forgotten, platforms: {}, otherManifests: {} }, drift: {} };
  const { mediaType, size: manifestSize } = content.descriptor;
  const manifests = childrenOf(content);
  const platforms = platformsOf(manifests);
  const results = {
    ...forgotten,
    mediaType,
    manifestSize,
    platforms,
    otherManifests: labelOthers(manifests, platforms),
  };
  const manifest = new TextDecoder().decode(content.bytes);
  return { results, outputs: { manifest, attestations: manifests.filter(isAttestation) }, drift: {} };
}

function childrenOf({ bytes, descriptor }: ManifestContent): readonly Descriptor[] {
  const manifest = parseManifest(bytes, { mediaType: descriptor.mediaType, what: descriptor.digest });
  return manifest.kind === "index" ? manifest.manifests : [];
}

/** Whether a child is left to others: a PlatformImage of the repository checks for its own blobs; without images, nothing is ours. */
function ownConcern({ inputs, target }: PlannedIndex): (digest: string) => boolean {
  if (inputs === undefined) return () => true;
  const digests = platformImagesAt(inputs.images, target);
  return (digest) => digests.has(digest);
}

async function findLostChildren(
  repository: Repository,
  children: readonly Descriptor[],
  isOwnConcern: (digest: string) => boolean,
): Promise<Lost> {
  const checks = children.map(async (child): Promise<Lost> => {
    const { digest } = child;
    const name = listedName(entryLabel(child, children), digest);
    if (!isOwnConcern(digest)) return findLostContent(repository, digest, name);
    return (await isAbsent(repository, digest)) ? { [name]: "gone" } : {};
  });
  return Object.assign({}, ...(await Promise.all(checks)));
}
