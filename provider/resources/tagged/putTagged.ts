import type { ManifestContent } from "../../distribution/repository";
import type { Context } from "../context";
import { isAbsent } from "../copy/pushManifest";
import { repositoryAt } from "../process/repositoryAt";
import { recordsPushed, type TagBehaviour } from "../properties/tagInputs";
import { repositoryName, type Target } from "../properties/target";
import { type ResourceRecord, withPushed, withTags } from "./resourceRecord";
import { errorsOf } from "./tagOutcome";
import type { WriteProgress } from "./writeProgress";
import type { TagWriter } from "./writeTags";
import { putRepairing, writeTags } from "./writeTags";

/** A manifest that is to be put under a resource's tags. Everything that it lists is in the repository already. */
export interface TaggedManifest {
  readonly target: Target;
  readonly content: ManifestContent;
  readonly tags: readonly string[];
  readonly behaviour: TagBehaviour;
  /** As {@link writeTags} takes it. */
  readonly writer?: TagWriter;
  /** Whether the manifest may be under its digest already: then a resource without a tag checks before it writes. */
  readonly mayBeThere: boolean;
  /** Copies again all that the manifest lists, for a registry that misses some of it: called at most once. */
  readonly repair?: () => Promise<void>;
}

/** Whether a tag named the manifest already at the last HEAD: then all that it lists is there in all likelihood. */
export function isUnderATag(
  context: Context,
  { target, content, tags }: Pick<TaggedManifest, "target" | "content" | "tags">,
): boolean {
  const name = repositoryName(target);
  return tags.some((tag) => context.tagSnapshots.last(name, tag)?.descriptor?.digest === content.descriptor.digest);
}

/**
 * Puts a manifest under its tags, or under its digest alone, if all of its content is there.
 * @param content - the progress of its content: where that failed, or nothing can be put, it is what is returned, with the failures.
 */
export async function putTagged(
  context: Context,
  manifest: TaggedManifest,
  content: WriteProgress,
): Promise<WriteProgress> {
  if (content.failures.length > 0) return content;
  try {
    return await put(context, manifest, content.record);
  } catch (error) {
    return { ...content, failures: [error] };
  }
}

async function put(context: Context, manifest: TaggedManifest, before: ResourceRecord): Promise<WriteProgress> {
  const { target, content, tags, behaviour } = manifest;
  const { digest } = content.descriptor;
  const isNew = recordsPushed(behaviour) && (await isAbsent(repositoryAt(context, target), digest));
  const record = isNew ? withPushed(before, [digest]) : before;
  return tags.length === 0 ? putUntagged(context, manifest, record) : putUnderTags(context, manifest, record);
}

async function putUntagged(
  context: Context,
  { target, content, mayBeThere, repair }: TaggedManifest,
  record: ResourceRecord,
): Promise<WriteProgress> {
  const { digest } = content.descriptor;
  const repository = repositoryAt(context, target);
  // While distribution 2.8 takes a manifest that it has, readers of an index that lists it get a 404.
  const isThere = mayBeThere && !(await isAbsent(repository, digest));
  const { subjectHandled } = isThere
    ? { subjectHandled: false }
    : await putRepairing(repository, { content, ...(repair && { repair }) }, digest);
  return { record, failures: [], isWritten: true, subjectHandled };
}

async function putUnderTags(
  context: Context,
  { target, content, tags, behaviour: { onConflict }, writer, repair }: TaggedManifest,
  record: ResourceRecord,
): Promise<WriteProgress> {
  const options = { ...(writer && { writer }), ...(repair && { repair }) };
  const outcomes = await writeTags(context, { target, content, tags, record, onConflict, ...options });
  const failures = errorsOf(outcomes);
  const written = outcomes.filter((outcome) => outcome.result === "written");
  const digests = new Map(tags.map((tag) => [tag, content.descriptor.digest]));
  return {
    record: withTags(record, outcomes, digests, onConflict),
    failures,
    isWritten: failures.length < outcomes.length,
    subjectHandled: written.length > 0 && written.every((outcome) => outcome.subjectHandled),
  };
}
