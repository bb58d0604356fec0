import { isAbsent } from "../manifestPush";
import type { Ownership } from "../ownership";
import { afterPushing, afterWriting } from "../ownership";
import { putRepairing, writeTags } from "../tagWrite";
import { bringChildren } from "./children";
import type { Step, Writing } from "./writing";
import { errorsOf, looksForAll } from "./writing";

/** Puts the index under its tags, or under its digest alone; when the registry misses a child, all are brought again, once. */
export async function putIndex(writing: Writing, before: Ownership): Promise<Step> {
  const { context, target, content, tags, behaviour, repository } = writing;
  const { digest } = content.descriptor;
  const owned =
    looksForAll(behaviour) && (await isAbsent(repository, digest)) ? afterPushing(before, [digest]) : before;
  const repair = async () => {
    await bringChildren(context, target, writing.images.entries, () => false);
  };
  if (tags.length === 0)
    return {
      owned,
      failures: [],
      indexWritten: true,
      ...(await putRepairing(repository, { content, repair }, digest)),
    };
  const ours = [...owned.createdTags, ...owned.adoptedTags];
  const outcomes = await writeTags(context, { target, content, tags, ours, onConflict: behaviour.onConflict, repair });
  const failures = errorsOf(outcomes);
  const indexWritten = failures.length < outcomes.length;
  const written = outcomes.filter((outcome) => outcome.result === "written");
  const subjectHandled = written.length > 0 && written.every((outcome) => outcome.subjectHandled);
  return { owned: afterWriting(owned, outcomes), failures, indexWritten, subjectHandled };
}
