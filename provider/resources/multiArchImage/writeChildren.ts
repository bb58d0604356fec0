import { stringMap } from "../inputs";
import type { PropertyBag } from "../lifecycle";
import { lostBlobs } from "../lostContent";
import { afterPushing, ownershipOf, tagsOf } from "../ownership";
import { looksForAll } from "../tagInputs";
import { repositoryName } from "../target";
import type { Step } from "../writeStep";
import { errorsOf } from "../writeStep";
import { bringChildren } from "./children";
import { recordedChildTags, tagChildren } from "./childTag";
import { listedNames } from "./entry";
import { listedChildren } from "./listedChildren";
import type { Writing } from "./writing";
import { wantedChildTags } from "./writing";

/**
 * Brings the children into the repository, and tags them when all are there. They come first: a tag never names an index of
 * which something is missing.
 * @param state - what the last run left, `undefined` for a new resource.
 */
export async function writeChildren(writing: Writing, state: PropertyBag | undefined): Promise<Step> {
  const { context, target, images, behaviour } = writing;
  const before = ownershipOf(state);
  const wanted = wantedChildTags(writing);
  claimChildTags(writing, wanted);
  const listed = listedChildren(writing, state);
  const brought = await bringChildren(context, target, images.entries, {
    looksFirst: (digest) => looksForAll(behaviour) || listed.has(digest),
    isHarmed: harmedChildren(writing, state),
  });
  const owned = afterPushing(before, looksForAll(behaviour) ? brought.written : []);
  const step = { owned, failures: brought.failures, isWritten: false, subjectHandled: false };
  if (step.failures.length > 0) return { ...step, isBegun: brought.written.length > 0 };
  const ours = [...Object.keys(before.childTags), ...recordedChildTags(state)];
  const outcomes = await tagChildren(context, target, wanted, { ours, onConflict: behaviour.onConflict });
  const adopted = recordedChildTags(state).filter((tag) => before.childTags[tag] === undefined);
  const written = tagsOf(outcomes, "written").filter((tag) => !adopted.includes(tag));
  const childTags = { ...owned.childTags, ...Object.fromEntries(written.map((tag) => [tag, wanted[tag] ?? ""])) };
  return { ...step, owned: { ...owned, childTags }, failures: errorsOf(outcomes) };
}

/** Which children lack blobs that a refresh did not find. */
function harmedChildren({ images }: Writing, state: PropertyBag | undefined): (digest: string) => boolean {
  const drift = stringMap(state ?? {}, "drift") ?? {};
  const names = listedNames(images.entries);
  return (digest) => lostBlobs(drift, names.get(digest)).length > 0;
}

/** So that the end of another resource, as after a change of name, spares them. */
function claimChildTags({ context, target, tags }: Writing, wanted: Readonly<Record<string, string>>): void {
  const [tag] = tags;
  const name = repositoryName(target);
  const owner = context.claims.owner(`${name}:${tag}`) ?? `an index in ${name}`;
  for (const childTag of Object.keys(wanted)) context.claims.claim(`${name}:${childTag}`, owner);
}
