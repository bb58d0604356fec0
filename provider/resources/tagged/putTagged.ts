import type { ManifestContent } from "../../distribution/repository";
import type { Context } from "../context";
import { isAbsent } from "../copy/pushManifest";
import type { TagBehaviour } from "../properties/tagInputs";
import { recordsPushed } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import { type ResourceRecord, withPushed, withTags } from "./resourceRecord";
import { errorsOf } from "./tagOutcome";
import type { WriteProgress } from "./writeProgress";
import type { TagWriter } from "./writeTags";
import { putRepairing, writeTags } from "./writeTags";

/** A manifest that is to stand under a resource's tags. Everything that it lists is in the repository already. */
export interface TaggedManifest {
  readonly context: Context;
  readonly target: Target;
  readonly content: ManifestContent;
  readonly tags: readonly string[];
  readonly behaviour: TagBehaviour;
  /** As {@link writeTags} takes it; it has brought the manifest itself already. */
  readonly writer?: TagWriter;
}

/** Whether a tag named the manifest already when it was last looked at: then all that it lists is there in all likelihood. */
export function isUnderATag({ context, target, content, tags }: Omit<TaggedManifest, "behaviour">): boolean {
  const name = repositoryName(target);
  return tags.some((tag) => context.tagSnapshots.last(name, tag)?.descriptor?.digest === content.descriptor.digest);
}

/**
 * Puts a manifest under its tags, or under its digest alone.
 * @param repair - brings again all that the manifest lists, for a registry that misses some of it: called at most once.
 */
export async function putTagged(
  manifest: TaggedManifest,
  before: ResourceRecord,
  repair: () => Promise<void>,
): Promise<WriteProgress> {
  const { context, target, content, tags, behaviour } = manifest;
  const { digest } = content.descriptor;
  const repository = context.registry(target.connection).repository(target.repository);
  const isNew = recordsPushed(behaviour) && (await isAbsent(repository, digest));
  const record = isNew ? withPushed(before, [digest]) : before;
  return tags.length === 0 ? putUntagged(manifest, record, repair) : putUnderTags(manifest, record, repair);
}

async function putUntagged(
  { context, target, content, writer }: TaggedManifest,
  record: ResourceRecord,
  repair: () => Promise<void>,
): Promise<WriteProgress> {
  const { digest } = content.descriptor;
  const repository = context.registry(target.connection).repository(target.repository);
  const isBrought = writer !== undefined && !(await isAbsent(repository, digest));
  const { subjectHandled } = isBrought
    ? { subjectHandled: false }
    : await putRepairing(repository, { content, repair }, digest);
  return { record, failures: [], isWritten: true, subjectHandled };
}

async function putUnderTags(
  { context, target, content, tags, behaviour: { onConflict }, writer }: TaggedManifest,
  record: ResourceRecord,
  repair: () => Promise<void>,
): Promise<WriteProgress> {
  const write = { target, content, tags, record, onConflict, repair, ...(writer && { writer }) };
  const outcomes = await writeTags(context, write);
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
