import { nothingThere } from "../bringManifests";
import type { Context } from "../context";
import type { Live, PropertyBag } from "../lifecycle";
import type { Ownership } from "../ownership";
import { onlyTags } from "../ownership";
import { addReferrers, referrerDescriptor } from "../referrersTag";
import { putTagged } from "../taggedManifest";
import { removeDroppedTags, removeTags } from "../tagRemoval";
import type { Step } from "../writeStep";
import { stepFailure } from "../writeStep";
import { bringChildren } from "./children";
import { writeChildren } from "./writeChildren";
import type { Writing } from "./writing";
import { prepare, wantedChildTags } from "./writing";

/**
 * Writes the index that checked inputs ask for: children, the index under each tag, then the end of tags no longer wanted.
 * @param state - what the last run left, `undefined` for a new resource.
 * @throws PartialFailure when some of it was done; another error when nothing was.
 */
export async function writeIndex(
  context: Context,
  id: string,
  state: PropertyBag | undefined,
  inputs: PropertyBag,
): Promise<Live> {
  const writing = await prepare(context, inputs);
  const children = await writeChildren(writing, state);
  const step =
    children.failures.length > 0
      ? children
      : await putTagged(writing, children.owned, () => repair(writing)).catch((error: unknown) => {
          return { ...children, failures: [error] };
        });
  const fail = (failed: Step) => stepFailure(id, state, failed, (owned) => stateAfter(writing, owned));
  if (step.failures.length > 0) throw fail(step);
  const { owned, subjectHandled } = step;
  try {
    if (!subjectHandled) await listUnderSubject(writing);
    if (state) await removeDropped(writing, state, owned);
  } catch (error) {
    throw fail({ ...step, failures: [error] });
  }
  return { id, state: stateAfter(writing, ownershipOfWanted(writing, owned)) };
}

async function repair({ context, target, images }: Writing): Promise<void> {
  const { failures } = await bringChildren(context, target, images.entries, nothingThere);
  if (failures.length > 0) throw failures[0];
}

async function listUnderSubject({ inputs, repository, content }: Writing): Promise<void> {
  const { subject } = inputs;
  if (typeof subject === "string") await addReferrers(repository, subject, [referrerDescriptor(content)]);
}

async function removeDropped(writing: Writing, state: PropertyBag, owned: Ownership): Promise<void> {
  const { context, target, tags, behaviour } = writing;
  await removeDroppedTags(writing, state, owned);
  if (behaviour.onDelete === "retain") return;
  const wanted = wantedChildTags(writing);
  for (const [tag, digest] of Object.entries(owned.childTags)) {
    if (wanted[tag] === undefined) await removeTags(context, { target, tags: [tag], digest, keep: tags });
  }
}

function ownershipOfWanted(writing: Writing, owned: Ownership): Ownership {
  const wanted = wantedChildTags(writing);
  const childTags = Object.entries(owned.childTags).filter(([tag]) => wanted[tag] !== undefined);
  return { ...onlyTags(owned, writing.tags), childTags: Object.fromEntries(childTags) };
}

function stateAfter({ inputs, index, content }: Writing, ownership: Ownership): PropertyBag {
  const { drift: _, ...lasting } = inputs;
  const manifest = new TextDecoder().decode(content.bytes);
  return { ...lasting, manifest, attestationManifests: index.attestations, ...ownership };
}
