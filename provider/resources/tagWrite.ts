import type { ManifestContent, Repository } from "../distribution/repository";
import { hasRegistryCode, ProviderError } from "../errors";
import type { Descriptor } from "../oci/descriptor";
import type { Context } from "./context";
import { conflict } from "./tagCheck";
import { isOwnTag, type ResourceRecord } from "./tagged/resourceRecord";
import type { TagOutcome } from "./tagged/tagOutcome";
import type { OnConflict } from "./tagInputs";
import type { Target } from "./target";
import { repositoryName } from "./target";

/** A manifest to be put under tags. Everything it refers to is in the repository already. */
export interface TagWrite {
  readonly target: Target;
  readonly content: ManifestContent;
  readonly tags: readonly string[];
  /** Moving a tag that is the resource's own by its record is repair, not conflict. */
  readonly record: ResourceRecord;
  readonly onConflict: OnConflict;
  /** Called when the registry misses something that the manifest refers to; afterwards the PUT is tried once more. */
  readonly repair?: () => Promise<void>;
  /** Who else than this process writes the tags, where somebody does. */
  readonly writer?: TagWriter;
}

/** A tag that may be written, and what it names until then. */
export interface FreeTag {
  readonly tag: string;
  readonly held: Descriptor | undefined;
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
 * Puts a manifest under its tags: a HEAD before each write, unless the last look is fresh; the writes; a HEAD of each after
 * them, which tells a loser of a race at once. One tag's failure does not keep the others from being written.
 */
export async function writeTags(context: Context, write: TagWrite): Promise<readonly TagOutcome[]> {
  const repository = context.registry(write.target.connection).repository(write.target.repository);
  const looks = await Promise.all(
    write.tags.map((tag) => orFailure(tag, () => lookBefore(context, repository, write, tag))),
  );
  const { writer = (tags, put) => Promise.all(tags.map(({ tag }) => put(tag))) } = write;
  const written = await writer(looks.filter(isFree), (tag) => orFailure(tag, () => writeTag(repository, write, tag)));
  // After the last write: while distribution 2.8 takes a manifest that it has, it does not give it to readers.
  return Promise.all(
    [...looks.filter(isDone), ...written].map((done) =>
      done.result === "written" ? confirmWritten(context, repository, write, done) : done,
    ),
  );
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
  const planned = context.looks.last(name, tag);
  const held = context.looks.isFresh(name, tag) ? planned?.descriptor : await repository.headManifest(tag);
  if (held?.digest === write.content.descriptor.digest) return { tag, result: "found" };
  if (planned && planned.descriptor?.digest !== held?.digest) throw movedMeanwhile(name, tag, planned.descriptor, held);
  if (held && write.onConflict === "fail" && !isOwnTag(write.record, tag, held.digest))
    throw await conflict(repository, tag, held.digest);
  return { tag, held };
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

async function writeTag(repository: Repository, write: TagWrite, tag: string): Promise<TagOutcome> {
  const { subjectHandled } = await putRepairing(repository, write, tag);
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
  try {
    const held = await repository.headManifest(tag);
    context.looks.record(repositoryName(target), tag, held);
    return held?.digest === digest ? done : { tag, result: "failed", error: lostRace(target, tag, digest, held) };
  } catch (error) {
    return { tag, result: "failed", error, isAcknowledged: true };
  }
}

function lostRace(target: Target, tag: string, digest: string, held: Descriptor | undefined): ProviderError {
  return new ProviderError(
    "ERR_TAG_CONFLICT",
    `the tag ${repositoryName(target)}:${tag} was written as ${digest}, but names ${held?.digest ?? "nothing"} now: ` +
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
  write: Pick<TagWrite, "content" | "repair">,
  tagOrDigest: string,
): Promise<{ readonly subjectHandled: boolean }> {
  try {
    return await repository.putManifest(tagOrDigest, write.content);
  } catch (error) {
    if (write.repair === undefined || !hasRegistryCode(error, "MANIFEST_BLOB_UNKNOWN")) throw error;
    await write.repair();
    return repository.putManifest(tagOrDigest, write.content);
  }
}
