import { mayMissContent } from "../../distribution/missingContent";
import type { ManifestContent, Repository } from "../../distribution/repository";
import { hasCode, ProviderError } from "../../errors";
import type { Descriptor } from "../../oci/descriptor";
import type { Context } from "../context";
import { repositoryAt } from "../process/repositoryAt";
import type { OnConflict } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import { manifestToStay, putBackIfGone } from "./leftManifest";
import { isOwnTag, type ResourceRecord } from "./resourceRecord";
import { conflict } from "./tagCheck";
import type { TagOutcome } from "./tagOutcome";
import { requireWhole } from "./wholeIndex";

/** A manifest to be put under tags. Everything it refers to should be in the repository already. */
export interface TagWrite {
  readonly target: Target;
  readonly content: ManifestContent;
  readonly tags: readonly string[];
  /** Moving a tag that is the resource's own by its record is repair, not conflict. */
  readonly record: ResourceRecord;
  readonly onConflict: OnConflict;
  /** Called when something is missing that the manifest refers to; afterwards the write is tried once more. */
  readonly repair?: () => Promise<void>;
  /** Who else than this process writes the tags, where somebody does. */
  readonly writer?: TagWriter;
  /** Digests of manifests that have to stay, beside those that the content names. */
  readonly stay?: readonly string[];
}

/** A tag that may be written, and what it names until then. */
export interface FreeTag {
  readonly tag: string;
  readonly held: Descriptor | undefined;
  /** The registry does not say what the tag names; it may be overwritten all the same. */
  readonly isUnseen?: true;
  /** The manifest that the tag names, where it has to stay when the tag moves away. */
  readonly left?: ManifestContent;
}

/**
 * Puts one manifest under tags.
 * @param put - how this process would put it under one of them.
 * @returns what became of each.
 */
export type TagWriter = (
  tags: readonly FreeTag[],
  put: (tag: string) => Promise<TagOutcome>,
) => Promise<readonly TagOutcome[]>;

/**
 * Puts a manifest under its tags: a look before each write, unless the last one is fresh; the writes; a HEAD of each after
 * them, which tells a loser of a race at once. An index of which something is missing gets no tag, see {@link requireWhole}. One
 * tag's failure does not keep the others from being written. A manifest that has to stay and that a tag named before is put again
 * where the registry deletes what loses its last tag, as zot does.
 */
export async function writeTags(context: Context, write: TagWrite): Promise<readonly TagOutcome[]> {
  const repository = repositoryAt(context, write.target);
  const looks = await Promise.all(
    write.tags.map((tag) => orFailure(tag, () => lookBefore(context, repository, write, tag))),
  );
  const free = new Map(looks.filter(isFree).map((look) => [look.tag, look]));
  const { writer = (tags, put) => Promise.all(tags.map(({ tag }) => put(tag))) } = write;
  let whole: Promise<void> | undefined;
  const putWhole = async (tag: string) => {
    whole ??= requireWhole(repository, write.content, write.repair);
    await whole;
    return writeTag(repository, write, free.get(tag) ?? { tag, held: undefined, isUnseen: true });
  };
  const written = await writer([...free.values()], (tag) => orFailure(tag, () => putWhole(tag)));
  // After the last write: while distribution 2.8 takes a manifest that it has, it does not give it to readers.
  return Promise.all(
    [...looks.filter(isDone), ...written].map((done) =>
      done.result === "written" ? afterWrite(context, repository, write, done, free.get(done.tag)?.left) : done,
    ),
  );
}

async function afterWrite(
  context: Context,
  repository: Repository,
  write: TagWrite,
  done: TagOutcome,
  left: ManifestContent | undefined,
): Promise<TagOutcome> {
  const outcome = await confirmWritten(context, repository, write, done);
  if (left === undefined) return outcome;
  try {
    await putBackIfGone(repository, left);
    return outcome;
  } catch (error) {
    return { tag: done.tag, result: "failed", error, isAcknowledged: true };
  }
}

/** A look that showed nothing, for a caller that can go on without it. @throws every other failure. */
function unseen(failure: unknown): "unseen" {
  if (hasCode(failure, "ERR_ABSENCE_UNCONFIRMED")) return "unseen";
  throw failure;
}

/** Runs what is to become of a tag; when it throws, the tag has failed. */
export async function orFailure<T>(tag: string, work: () => Promise<T>): Promise<T | TagOutcome> {
  try {
    return await work();
  } catch (error) {
    return { tag, result: "failed", error };
  }
}

function isFree(look: FreeTag | TagOutcome): look is FreeTag {
  return !isDone(look);
}

/** Whether it is clear already what became of a tag. */
export function isDone(look: { readonly tag: string } | TagOutcome): look is TagOutcome {
  return "result" in look;
}

async function lookBefore(
  context: Context,
  repository: Repository,
  write: TagWrite,
  tag: string,
): Promise<TagOutcome | FreeTag> {
  const name = repositoryName(write.target);
  const planned = context.tagSnapshots.last(name, tag);
  const isExpected = planned?.descriptor !== undefined || write.record.managed.has(tag);
  const mayTake = (failure: unknown) => {
    if (write.onConflict === "overwrite" && planned === undefined) return unseen(failure);
    throw failure;
  };
  const look = () => (isExpected ? repository.headManifest(tag) : repository.lookForManifest(tag));
  const held = context.tagSnapshots.isFresh(name, tag) ? planned?.descriptor : await look().catch(mayTake);
  if (held === "unseen") return { tag, held: undefined, isUnseen: true };
  if (held?.digest === write.content.descriptor.digest) return { tag, result: "found" };
  if (planned && planned.descriptor?.digest !== held?.digest) throw movedMeanwhile(name, tag, planned.descriptor, held);
  const mayMove = (digest: string) =>
    isOwnTag(write.record, tag, digest) || context.plan.names.isGivenUp(name, tag, digest);
  if (held && write.onConflict === "fail" && !mayMove(held.digest)) throw await conflict(repository, tag, held.digest);
  const left = held && (await manifestToStay(repository, held.digest, write));
  return { tag, held, ...(left && { left }) };
}

function movedMeanwhile(
  name: string,
  tag: string,
  planned: Descriptor | undefined,
  held: Descriptor | undefined,
): ProviderError {
  const names = [planned, held].map((descriptor) => descriptor?.digest ?? "nothing");
  return new ProviderError(
    "ERR_TAG_CONFLICT",
    `the tag ${name}:${tag} named ${names[0]} when this change was planned and names ${names[1]} now: somebody moved it ` +
      "in between. Nothing was written to it; preview again to see what would change.",
    { tag, digest: held?.digest ?? "" },
  );
}

async function writeTag(
  repository: Repository,
  write: TagWrite,
  { tag, held, isUnseen }: FreeTag,
): Promise<TagOutcome> {
  const replaces = isUnseen ? {} : { replaces: { digest: held?.digest } };
  const { subjectHandled } = await putRepairing(repository, { ...write, ...replaces }, tag);
  return { tag, result: "written", subjectHandled };
}

async function confirmWritten(
  context: Context,
  repository: Repository,
  { target, content }: TagWrite,
  done: TagOutcome,
): Promise<TagOutcome> {
  const { tag } = done;
  const { digest } = content.descriptor;
  const name = `${repositoryName(target)}:${tag}`;
  try {
    const held = await repository.headManifest(tag).catch(unseen);
    if (held === "unseen") {
      context.warn(`${name} was written, but the registry does not say what it names now: it was not looked at again.`);
      return done;
    }
    context.tagSnapshots.record(repositoryName(target), tag, held);
    return held?.digest === digest ? done : { tag, result: "failed", error: lostRace(name, tag, digest, held) };
  } catch (error) {
    return { tag, result: "failed", error, isAcknowledged: true };
  }
}

function lostRace(name: string, tag: string, digest: string, held: Descriptor | undefined): ProviderError {
  return new ProviderError(
    "ERR_TAG_CONFLICT",
    `the tag ${name} was written as ${digest}, but names ${held?.digest ?? "nothing"} now: ` +
      "somebody else wrote it at the same time. Agree on one writer, then run `pulumi up` again.",
    { tag, digest: held?.digest ?? "" },
  );
}

/**
 * Writes a manifest under a tag or its digest; when the registry misses a child, the children are pushed again, once.
 * @throws what `putManifest` throws.
 */
export async function putRepairing(
  repository: Repository,
  write: Pick<TagWrite, "content" | "repair"> & { readonly replaces?: { readonly digest: string | undefined } },
  tagOrDigest: string,
): Promise<{ readonly subjectHandled: boolean }> {
  const { content, replaces } = write;
  try {
    return await repository.putManifest(tagOrDigest, content, replaces);
  } catch (error) {
    if (write.repair === undefined || !mayMissContent(error)) throw error;
    await write.repair();
    return repository.putManifest(tagOrDigest, content, replaces);
  }
}
