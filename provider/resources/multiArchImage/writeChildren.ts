import { lostBlobs } from "../drift/lostContent";
import type { PropertyBag } from "../properties/bag";
import { stringMap } from "../properties/readers";
import { knownTags, recordsPushed } from "../properties/tagInputs";
import { type Previous, withPushed, withTags } from "../tagged/resourceRecord";
import { errorsOf } from "../tagged/tagOutcome";
import type { WriteProgress } from "../tagged/writeProgress";
import { copyChildren } from "./children";
import { tagChildren } from "./childTag";
import { listedNames } from "./entry";
import { listedChildren } from "./listedChildren";
import type { Writing } from "./writing";

/**
 * Copies the children into the repository, and tags them when all are there. They come first: a tag never names an index of
 * which something is missing.
 */
export async function writeChildren(writing: Writing, previous: Previous): Promise<WriteProgress> {
  const { context, target, images, behaviour } = writing;
  const listed = listedChildren(writing, previous.state);
  const copied = await copyChildren(context, target, images.entries, {
    mayHave: (digest) => recordsPushed(behaviour) || listed.has(digest),
    isHarmed: harmedChildren(writing, previous.state),
  });
  const record = withPushed(previous.record, recordsPushed(behaviour) ? copied.written : []);
  const step = { record, failures: copied.failures, isWritten: false, subjectHandled: false };
  if (step.failures.length > 0) return { ...step, isBegun: copied.written.length > 0 };
  const wanted = knownTags(writing.inputs["childTags"]);
  const { onConflict } = behaviour;
  const outcomes = await tagChildren(context, target, wanted, { record, onConflict });
  const digests = new Map(Object.entries(wanted));
  return { ...step, record: withTags(record, outcomes, digests, onConflict), failures: errorsOf(outcomes) };
}

/** Which children lack blobs that a refresh did not find. */
function harmedChildren({ images }: Writing, state: PropertyBag): (digest: string) => boolean {
  const drift = stringMap(state, "drift") ?? {};
  const names = listedNames(images.entries);
  return (digest) => lostBlobs(drift, names.get(digest)).length > 0;
}
