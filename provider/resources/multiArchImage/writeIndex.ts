import type { Context } from "../context";
import { emptyTarget } from "../copy/copyManifests";
import { tidyTags } from "../deletion/tidy";
import type { Live } from "../lifecycle";
import type { PropertyBag } from "../properties/bag";
import { knownTags } from "../properties/tagInputs";
import { addReferrers, referrerDescriptor } from "../referrers/referrersTag";
import { putTagged } from "../tagged/putTagged";
import { type Previous, type ResourceRecord, recordOutputs } from "../tagged/resourceRecord";
import type { WriteProgress } from "../tagged/writeProgress";
import { stepFailure } from "../tagged/writeProgress";
import { copyChildren } from "./children";
import { writeChildren } from "./writeChildren";
import type { Writing } from "./writing";
import { prepare } from "./writing";

/**
 * Writes the index that checked inputs ask for: children, the index under each tag; then ends the management of tags that are no
 * longer listed.
 * @throws PartialFailure when some of it was done; another error when nothing was.
 */
export async function writeIndex(context: Context, id: string, previous: Previous, inputs: PropertyBag): Promise<Live> {
  const writing = await prepare(context, inputs);
  const children = await writeChildren(writing, previous);
  const step =
    children.failures.length > 0
      ? children
      : await putTagged(writing, children.record, () => repair(writing)).catch((error: unknown) => {
          return { ...children, failures: [error] };
        });
  const fail = (failed: WriteProgress) =>
    stepFailure(id, previous, failed, writing.tags, (record) => stateAfter(writing, record));
  if (step.failures.length > 0) throw fail(step);
  try {
    if (!step.subjectHandled) await listUnderSubject(writing);
    const wanted = [...writing.tags, ...Object.keys(knownTags(inputs["childTags"]))];
    return { id, state: stateAfter(writing, await tidyTags(writing, step.record, wanted)) };
  } catch (error) {
    throw fail({ ...step, failures: [error] });
  }
}

async function repair({ context, target, images }: Writing): Promise<void> {
  const { failures } = await copyChildren(context, target, images.entries, emptyTarget);
  if (failures.length > 0) throw failures[0];
}

async function listUnderSubject({ context, inputs, repository, content }: Writing): Promise<void> {
  const { subject } = inputs;
  if (typeof subject === "string") await addReferrers(context, repository, subject, [referrerDescriptor(content)]);
}

function stateAfter({ inputs, index, content, tags }: Writing, record: ResourceRecord): PropertyBag {
  const { drift: _, ...lasting } = inputs;
  const manifest = new TextDecoder().decode(content.bytes);
  return { ...lasting, manifest, attestationManifests: index.attestations, ...recordOutputs(record, tags) };
}
