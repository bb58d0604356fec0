import { type AnyProviderError, type ErrorCode, hasCode, hasStatus, isProviderError, ProviderError } from "../errors";
import { deleteAbsentTag, deleteTag } from "./deleteTag";
import { newProbeTag, removeLeftProbes } from "./leftProbes";
import { isDeletingOn } from "./overwriteTag";
import { encodePlaceholder } from "./placeholder";
import { deletePlaceholder } from "./placeholders";
import { nameOf } from "./repositoryAccess";
import { type KeptTag, kept, type TagRemoval } from "./tagRemoval";

/**
 * Effect of a DELETE by tag in one repository. `alone`: the tag goes, its manifest stays. `withLastTag`: the manifest goes along
 * with its last tag, unless it was also put under its digest. `onlyManifests`: tags go with their manifest, all of them, and
 * manifests can be deleted. `unlearnt`: the registry takes no index without entries, so only a real tag shows it. A kept tag: no
 * tag can be removed.
 */
export type TagDeletion = "alone" | "withLastTag" | "onlyManifests" | "unlearnt" | KeptTag;

/**
 * Learns what a DELETE by tag does, on tags of its own: first on one that does not exist, and where that is not refused, on one
 * that it makes. Usually costs a DELETE, then a page of tags, PUT, DELETE, HEAD, DELETE. A tag that stays because the process is
 * killed, or the registry refuses to delete it, is removed by the next process that learns the same.
 * @throws when the rights for it are missing, naming a tag that stays, and what sending throws.
 */
export async function learnTagDeletion(removal: TagRemoval): Promise<TagDeletion> {
  const tag = newProbeTag();
  const refused = await deleteAbsentTag(removal, tag);
  return typeof refused === "object" ? onlyManifests(removal, refused) : learnFromTag(removal, tag);
}

/** Where manifests cannot be deleted either, the tag stays, for the reason of the refusal. */
async function onlyManifests({ access }: TagRemoval, refused: KeptTag): Promise<TagDeletion> {
  return (await isDeletingOn(access)) ? "onlyManifests" : refused;
}

async function learnFromTag(removal: TagRemoval, tag: string): Promise<TagDeletion> {
  await removeLeftProbes(removal);
  return withProbe(removal, tag, async (put, isThere) => {
    if (!(await put(tag))) return "unlearnt";
    const deleted = await deleteTag(removal, tag, isThere.digest);
    if (typeof deleted === "object") return onlyManifests(removal, leftBehind(removal, tag, deleted));
    return (await isThere()) ? "alone" : learnFromTwoTags(removal, `${tag}-`);
  });
}

/** For a registry that has deleted a manifest along with its only tag. */
function learnFromTwoTags(removal: TagRemoval, tag: string): Promise<TagDeletion> {
  const { access } = removal;
  return withProbe(removal, tag, async (put, isThere) => {
    for (const name of [`${tag}1`, `${tag}2`]) if (!(await put(name))) return "unlearnt";
    await deleteTag(removal, `${tag}1`, isThere.digest);
    const takesAllTags = `${access.address} deletes a tag's manifest along with the tag, so no tag is removed there.`;
    if (!(await isThere())) return onlyManifests(removal, kept(takesAllTags));
    await put(isThere.digest);
    await deleteTag(removal, `${tag}2`, isThere.digest);
    if (await isThere()) return "withLastTag";
    return kept(`${access.address} deletes a manifest along with its last tag, so no tag is removed there.`);
  });
}

function leftBehind({ access }: TagRemoval, tag: string, { reason }: KeptTag): KeptTag {
  return kept(`${reason} ${nameOf(access, tag)}, which was made to find this out, may have to be deleted by hand.`);
}

/** The error of an experiment that left its tag. */
function leavingProbe({ access }: TagRemoval, tag: string, error: AnyProviderError): Error {
  const { code, message, details } = error;
  const left = `${nameOf(access, tag)}, which was made to learn how the registry deletes tags, is still there: a later run that may delete removes it.`;
  return new ProviderError<ErrorCode>(code, `${message} ${left}`, details, { cause: error });
}

/** Looks whether the probe is there, by its digest. */
type IsThere = { (): Promise<boolean>; readonly digest: string };

/** Runs an experiment with a manifest made for it, which is deleted at the end. */
async function withProbe(
  removal: TagRemoval,
  tag: string,
  experiment: (put: (tagOrDigest: string) => Promise<boolean>, isThere: IsThere) => Promise<TagDeletion>,
): Promise<TagDeletion> {
  const { access, placeholders } = removal;
  const probe = encodePlaceholder({ operation: "probe", repository: access.name, tag });
  const { digest } = probe.descriptor;
  let isPut = false;
  const put = async (tagOrDigest: string) => {
    const isTaken = await removal.putManifest(tagOrDigest, probe).then(() => true, toleratingRefusal);
    isPut ||= isTaken;
    return isTaken;
  };
  const remove = () => deletePlaceholder(access, digest).catch((failure: unknown) => ({ failure }));
  const isThere = async () => (await removal.lookAtManifest(access.operations.send, digest)) !== undefined;
  placeholders.underway.add(digest);
  try {
    const learnt = await experiment(put, Object.assign(isThere, { digest }));
    await remove();
    return learnt;
  } catch (error) {
    const isLeft = (await remove()) !== undefined && isPut;
    throw isLeft && isProviderError(error) ? leavingProbe(removal, tag, error) : error;
  } finally {
    placeholders.underway.delete(digest);
  }
}

/** @returns `false` when the registry does not take the manifest. @throws every other failure. */
function toleratingRefusal(error: unknown): false {
  if (hasStatus(error, 400, 404, 405, 409, 412, 415, 422, 500) || hasCode(error, "ERR_TAG_IMMUTABLE")) return false;
  throw error;
}
