import type { ResolvedImage } from "../../sources/source";
import type { Context } from "../context";
import { isAbsent, pushBlobs, pushManifest } from "../copy/pushManifest";
import { tidyTags } from "../deletion/tidy";
import type { Live } from "../lifecycle";
import type { PropertyBag } from "../properties/bag";
import { knownTags, parseTagBehaviour, recordsPushed, type TagBehaviour } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import { knownTarget } from "../properties/target";
import { type Previous, type ResourceRecord, recordOutputs, withPushed, withTags } from "../tagged/resourceRecord";
import { errorsOf } from "../tagged/tagOutcome";
import { stepFailure, type WriteProgress } from "../tagged/writeProgress";
import { writeTags } from "../tagged/writeTags";
import { parseOwnTag } from "./inputs";
import { plannedImage } from "./plannedImage";
import { copySourceReferrers } from "./sourceReferrers";

/** One writing of an image, with everything that its steps share. */
interface ImageWrite {
  readonly context: Context;
  readonly target: Target;
  readonly inputs: PropertyBag;
  readonly image: ResolvedImage;
  readonly tags: readonly string[];
  readonly behaviour: TagBehaviour;
}

/**
 * Pushes the image: layers and config, attestations, referrers, the manifest, and the tag last; then ends the management of a tag
 * that is no longer listed. The previous image stays.
 * @throws PartialFailure when some of it was done; another error when nothing was.
 */
export async function writeImage(context: Context, id: string, previous: Previous, inputs: PropertyBag): Promise<Live> {
  const target = knownTarget(inputs);
  const image = await plannedImage(context, target, inputs);
  const behaviour = parseTagBehaviour(inputs);
  const write = { context, target, inputs, image, tags: parseOwnTag(inputs), behaviour };
  const step = await pushAll(write, previous);
  const fail = (failed: WriteProgress) =>
    stepFailure(id, previous, failed, write.tags, (record) => stateAfter(write, record));
  if (step.failures.length > 0) throw fail(step);
  try {
    const wanted = [...write.tags, ...Object.keys(knownTags(inputs["referrerTags"]))];
    return { id, state: stateAfter(write, await tidyTags(write, step.record, wanted)) };
  } catch (error) {
    throw fail({ ...step, failures: [error] });
  }
}

/** Everything but the end of tags. */
async function pushAll(write: ImageWrite, previous: Previous): Promise<WriteProgress> {
  const content = await pushContent(write, previous.record);
  const step = { record: content.record, failures: content.failures, isWritten: false, subjectHandled: false };
  if (step.failures.length > 0) return step;
  try {
    const { context, target, inputs } = write;
    const referrers = await copySourceReferrers(context, target, inputs, { ...previous, record: step.record });
    const { record, failures, isBegun } = referrers;
    if (failures.length > 0) return { ...step, record, failures, isBegun };
    return await putImage(write, record, content.manifestExpected);
  } catch (error) {
    return { ...step, failures: [error] };
  }
}

/** What there is in the repository before the image's own manifest. */
interface Content {
  readonly record: ResourceRecord;
  readonly failures: readonly unknown[];
  /** Whether the manifest may be there, too, as far as its blobs tell. */
  readonly manifestExpected: boolean;
}

/** Everything but the image's own manifest. */
async function pushContent(
  { context, target, image, behaviour }: ImageWrite,
  before: ResourceRecord,
): Promise<Content> {
  const lookFirst = recordsPushed(behaviour);
  const manifestExpected = await pushBlobs(context, target, image);
  const results = await Promise.allSettled(
    image.attestations.map(async (attestation) =>
      (await pushManifest(context, target, attestation, lookFirst)) ? [attestation.manifest.descriptor.digest] : [],
    ),
  );
  const pushed = results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
  return {
    record: lookFirst ? withPushed(before, pushed) : before,
    failures: results.flatMap((result) => (result.status === "rejected" ? [result.reason] : [])),
    manifestExpected,
  };
}

async function putImage(write: ImageWrite, before: ResourceRecord, manifestExpected: boolean): Promise<WriteProgress> {
  const { context, target, image, tags, behaviour } = write;
  const repository = context.registry(target.connection).repository(target.repository);
  const { digest } = image.manifest.descriptor;
  const isNew = recordsPushed(behaviour) && (await isAbsent(repository, digest));
  const record = isNew ? withPushed(before, [digest]) : before;
  if (tags.length === 0) {
    // While distribution 2.8 takes a manifest that it has, readers of an index that lists it get a 404.
    if (!manifestExpected || (await isAbsent(repository, digest))) await repository.putManifest(digest, image.manifest);
    return { record, failures: [], isWritten: true, subjectHandled: false };
  }
  const { onConflict } = behaviour;
  const outcomes = await writeTags(context, { target, content: image.manifest, tags, record, onConflict });
  const failures = errorsOf(outcomes);
  return {
    record: withTags(record, outcomes, new Map(tags.map((tag) => [tag, digest])), onConflict),
    failures,
    isWritten: failures.length === 0,
    subjectHandled: false,
  };
}

function stateAfter({ inputs, image, tags }: ImageWrite, record: ResourceRecord): PropertyBag {
  const { drift: _, ...lasting } = inputs;
  const sizes = image.blobs.map(({ descriptor }) => descriptor.size);
  return {
    ...lasting,
    configDigest: image.configDigest,
    layers: image.layers,
    size: sizes.reduce((sum, size) => sum + size, 0),
    ...recordOutputs(record, tags),
  };
}
