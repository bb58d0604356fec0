import type { Repository } from "../../distribution/repository";
import { hasCode, hasRegistryCode, hasStatus, messageOf } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import { manifestParts } from "../../oci/manifestParts";
import { isIndexMediaType } from "../../oci/mediaTypes";
import { referenceTo } from "../../oci/reference";
import type { Context } from "../context";
import { repositoryAt } from "../process/repositoryAt";
import { resourceName } from "../process/resourceName";
import { repositoryName, type Target } from "../properties/target";
import { manifestOwner } from "./owners";

/** Beyond so many tags nobody looks, and everything is kept. */
const tagLimit = 500;

/** Our own content, which is no reason to keep a manifest. */
export interface Own {
  /** By tag: digests that do not count under it, neither as what it names nor as entries of the index that it names. */
  readonly entries: ReadonlyMap<string, readonly string[]>;
  /** By referrer: its subject. It is needed as long as that stays. */
  readonly referrers: ReadonlyMap<string, string>;
}

const nothingOwn: Own = { entries: new Map(), referrers: new Map() };

/**
 * Deletes those of our manifests that nothing else needs: no tag of the repository names them, and no index under a tag
 * leads to them. On any doubt (too many tags, a refusal, an unreadable index), and where the registry deletes nothing, they
 * stay, with a warning. The look costs tags/list, a HEAD for each tag and a GET for each index, and a HEAD for each subject of
 * our referrers that is not among the manifests: a create that failed may have brought them without it.
 * @param digests - manifests that this resource pushed, in the order of deletion; its own tags are gone already.
 * @param own - default: nothing.
 * @returns digests of those that are gone.
 */
export async function deleteUnneeded(
  context: Context,
  target: Target,
  digests: readonly string[],
  own = nothingOwn,
): Promise<readonly string[]> {
  if (digests.length === 0) return [];
  const repository = repositoryAt(context, target);
  let unneeded: readonly string[];
  try {
    const planned = await plannedDigests(context, target, digests);
    const needed = await neededDigests(repository, digests, planned, own);
    unneeded = digests.filter((digest) => !needed.has(digest));
  } catch (error) {
    warnOfKept(context, repository, error);
    return [];
  }
  return deleteEach(context, repository, unneeded);
}

/** Deletes manifests one after the other. One that the registry refuses to delete stays, with a warning. */
async function deleteEach(
  context: Context,
  repository: Repository,
  digests: readonly string[],
): Promise<readonly string[]> {
  const deleted: string[] = [];
  for (const digest of digests) {
    try {
      await repository.deleteManifest(digest);
      deleted.push(digest);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      warnOfKept(context, repository, error, isOff(error) ? undefined : digest);
      if (isOff(error)) return deleted;
    }
  }
  return deleted;
}

/** @param digest - the one that stays; default: all of them. */
function warnOfKept(context: Context, { address, name }: Repository, reason: unknown, digest?: string): void {
  const repository = `${address}/${name}`;
  const kept = digest === undefined ? `the manifests in ${repository}` : referenceTo(repository, digest);
  context.warn(`kept ${kept}: ${messageOf(reason)}`);
}

/** Registries that deletes are switched off on would refuse the others, too. */
function isOff(error: unknown): boolean {
  return hasRegistryCode(error, "UNSUPPORTED") || (hasStatus(error, 405) && !hasRegistryCode(error, "DENIED"));
}

/** Whether a registry needs the manifest itself, for an index that lists it, or protects it. */
function isRefusal(error: unknown): boolean {
  if (isOff(error) || hasStatus(error, 405, 409, 412) || hasCode(error, "ERR_LOCKED")) return true;
  // Mostly a 403 is about rights: then the state must not forget the manifest.
  if (!hasStatus(error, 403)) return false;
  return error.details.errors.some(({ message = "" }) => /referenc|immutab|protect|retention/i.test(message));
}

/** The manifests that resources of this run's program need, each with a warning: from now on nobody removes it. */
async function plannedDigests(
  context: Context,
  target: Target,
  digests: readonly string[],
): Promise<readonly string[]> {
  const planned: string[] = [];
  for (const digest of digests) {
    const owner = await manifestOwner(context, target, digest);
    if (owner === undefined) continue;
    planned.push(digest);
    const reference = referenceTo(repositoryName(target), digest);
    context.warn(
      `kept ${reference}: ${resourceName(owner)} needs it, and did not push it, so nothing will delete it later`,
    );
  }
  return planned;
}

async function neededDigests(
  repository: Repository,
  digests: readonly string[],
  planned: readonly string[],
  { entries, referrers }: Own,
): Promise<ReadonlySet<string>> {
  const tags = (await repository.listTags()) ?? [];
  if (tags.length > tagLimit)
    throw new Error(`it has ${tags.length} tags, more than the ${tagLimit} that are looked through`);
  const needed = new Set(planned);
  await Promise.all(
    tags.map(async (tag) => {
      const descriptor = await repository.headManifest(tag);
      const ours = entries.get(tag) ?? [];
      if (descriptor && !ours.includes(descriptor.digest)) await addAllUnder(repository, descriptor, needed, ours);
    }),
  );
  const others = [...new Set(referrers.values())].filter((subject) => !digests.includes(subject));
  const looks = others.map(async (subject) => ((await repository.headManifest(subject)) ? [subject] : []));
  const there = new Set((await Promise.all(looks)).flat());
  const stays = (digest: string) => needed.has(digest) || there.has(digest);
  const kept = () => [...referrers].filter(([digest, subject]) => !needed.has(digest) && stays(subject));
  for (let more = kept(); more.length > 0; more = kept()) for (const [digest] of more) needed.add(digest);
  return needed;
}

/**
 * Indexes lead on to what they list, however deep; each is read once, so that this comes to an end.
 * @param ours - entries of this very index that do not count.
 */
async function addAllUnder(
  repository: Repository,
  { digest, mediaType }: Descriptor,
  needed: Set<string>,
  ours: readonly string[] = [],
): Promise<void> {
  if (needed.has(digest)) return;
  needed.add(digest);
  if (!isIndexMediaType(mediaType)) return;
  const content = await repository.getManifest(digest);
  if (content === undefined) throw new Error(`the index ${digest} cannot be read`);
  const { manifests } = manifestParts(content.bytes, mediaType, digest);
  const listed = manifests.filter((child) => !ours.includes(child.digest));
  await Promise.all(listed.map((child) => addAllUnder(repository, child, needed)));
}
