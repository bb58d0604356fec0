import type { ManifestContent, Repository } from "../../distribution/repository";
import { isAttestation } from "../../oci/attestation";
import type { Descriptor } from "../../oci/descriptor";
import { entryLabel } from "../../oci/entryLabel";
import { platformsOf } from "../../oci/indexPlatforms";
import { parseManifest } from "../../oci/manifest";
import type { Context } from "../context";
import { isAbsent } from "../copy/pushManifest";
import { otherManifests } from "../drift/listedManifests";
import type { Lost } from "../drift/lostContent";
import { findLostContent, listedName } from "../drift/lostContent";
import type { Observed } from "../lifecycle";
import { omit, type PropertyBag } from "../properties/bag";
import { list, requiredString } from "../properties/readers";
import { knownTags, parseTags } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import { knownTarget } from "../properties/target";
import { noRecord, recordOutputNames, recordOutputs } from "../tagged/resourceRecord";
import { parseIndexInputs } from "./inputs";
import { findLostListing } from "./listing";
import { outputs } from "./outputs";
import { platformImagesAt } from "./platformImages";

/**
 * Observes the index. All our tags on one other index: that one's digest and platforms. Otherwise `drift` tells each tag that
 * names something else, and each child and blob that is gone; blobs of PlatformImages of the same repository are their own
 * concern. The tags themselves are never changed.
 * @returns `undefined` when every tag and the manifest are absent.
 * @throws on any answer that does not tell (401, 403, 5xx, a 404 that is not the registry's own): the state stays as it is.
 */
export async function read(context: Context, id: string, state: PropertyBag): Promise<Observed | undefined> {
  const target = knownTarget(state);
  const repository = context.registry(target.connection).repository(target.repository);
  const tags = parseTags(state);
  const looks = await Promise.all(tags.map((tag) => repository.headManifest(tag)));
  const observed = await observe(context, target, state, tags, looks);
  if (observed === undefined) return undefined;
  return { id, state: observed, inputs: omit(observed, new Set([...outputs, ...recordOutputNames])) };
}

async function observe(
  context: Context,
  target: Target,
  state: PropertyBag,
  tags: readonly string[],
  looks: readonly (Descriptor | undefined)[],
): Promise<PropertyBag | undefined> {
  const { drift: _, ...settled } = state;
  const repository = context.registry(target.connection).repository(target.repository);
  const elsewhere = commonDigest(looks);
  if (elsewhere !== undefined && elsewhere !== state["digest"]) return pointedElsewhere(repository, settled, elsewhere);
  const manifest = await repository.getManifest(requiredString(state, "digest"));
  if (manifest === undefined && looks.every((look) => look === undefined)) return undefined;
  const moved = tags.flatMap((tag, index) => {
    const digest = looks[index]?.digest;
    return digest === state["digest"] ? [] : [[tag, digest ?? "gone"]];
  });
  const children = manifest ? childrenOf(manifest) : [];
  const drift = {
    ...Object.fromEntries(moved),
    ...(await movedTags(repository, knownTags(state["childTags"]))),
    ...(await findLostChildren(repository, children, ownConcern(state, target))),
    ...(await findLostListing(context, target, state)),
  };
  const told = { platforms: platformsOf(children), manifests: children };
  return { ...settled, ...(manifest && otherManifests(told)), ...(Object.keys(drift).length > 0 && { drift }) };
}

/** The children's tags that do not name their children any more. */
async function movedTags(
  repository: Repository,
  tags: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const looks = Object.entries(tags).map(async ([tag, digest]) => {
    const found = (await repository.headManifest(tag))?.digest;
    return found === digest ? [] : [[tag, found ?? "gone"]];
  });
  return Object.fromEntries((await Promise.all(looks)).flat());
}

function commonDigest(looks: readonly (Descriptor | undefined)[]): string | undefined {
  const digests = new Set(looks.map((look) => look?.digest));
  const [digest] = digests;
  return digests.size === 1 ? digest : undefined;
}

/** The state when all our tags name another manifest. The sources are forgotten: they led to the index that was ours. */
async function pointedElsewhere(repository: Repository, settled: PropertyBag, digest: string): Promise<PropertyBag> {
  const { sources: _, otherManifests: __, ...rest } = settled;
  const content = await repository.getManifest(digest);
  if (content === undefined) return { ...rest, digest, platforms: {} };
  const { mediaType, size } = content.descriptor;
  const manifests = childrenOf(content);
  const attestationManifests = manifests.filter(isAttestation);
  const platforms = platformsOf(manifests);
  const observed = {
    digest,
    mediaType,
    size,
    platforms,
    ...otherManifests({ platforms, manifests }),
    manifest: textOf(content),
    attestationManifests,
  };
  return { ...nothingOurs, ...rest, ...observed };
}

/** What a state holds that was not written by us but read (the `{id}` option): nothing of it is ours to remove. */
const nothingOurs = recordOutputs(noRecord, []);

function textOf(content: ManifestContent): string {
  return new TextDecoder().decode(content.bytes);
}

function childrenOf({ bytes, descriptor }: ManifestContent): readonly Descriptor[] {
  const manifest = parseManifest(bytes, { mediaType: descriptor.mediaType, what: descriptor.digest });
  return manifest.kind === "index" ? manifest.manifests : [];
}

/** Whether a child is left to others: a PlatformImage of the repository looks at its own blobs; without images, nothing is ours. */
function ownConcern(state: PropertyBag, target: Target): (digest: string) => boolean {
  const images = list(state, "images").length > 0 ? parseIndexInputs(state)?.images : undefined;
  if (images === undefined) return () => true;
  const digests = platformImagesAt(images, target);
  return (digest) => digests.has(digest);
}

async function findLostChildren(
  repository: Repository,
  children: readonly Descriptor[],
  isOwnConcern: (digest: string) => boolean,
): Promise<Lost> {
  const looks = children.map(async (child): Promise<Lost> => {
    const { digest } = child;
    const name = listedName(entryLabel(child, children), digest);
    if (!isOwnConcern(digest)) return findLostContent(repository, digest, name);
    return (await isAbsent(repository, digest)) ? { [name]: "gone" } : {};
  });
  return Object.assign({}, ...(await Promise.all(looks)));
}
