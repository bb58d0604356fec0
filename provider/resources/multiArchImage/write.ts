import { ProviderError } from "../../errors";
import { parseManifest } from "../../oci/manifest";
import type { Context } from "../context";
import { emptyTarget, requireCopied } from "../copy/copyManifests";
import { lostBlobs } from "../drift/lostContent";
import { repositoryAt } from "../process/repositoryAt";
import { isDrifted } from "../properties/drift";
import { recordsPushed } from "../properties/tagInputs";
import { addReferrers, referrerDescriptor } from "../referrers/referrersTag";
import type { Placed, Planned, Previous } from "../tagged/declared";
import { isUnderATag, putTagged, type TaggedManifest } from "../tagged/putTagged";
import { withPushed, withTags } from "../tagged/resourceRecord";
import type { Written } from "../tagged/taggedKind";
import { errorsOf } from "../tagged/tagOutcome";
import type { WriteProgress } from "../tagged/writeProgress";
import { tagChildren } from "./childTag";
import { copyChildren } from "./copyChildren";
import { listedNames } from "./entry";
import type { IndexInputs } from "./inputs";
import type { IndexOutputs } from "./outputs";
import { type IndexPlan, planIndex } from "./plan";
import type { IndexResults } from "./results";
import { assertSourcesUnmoved } from "./sources";

type PlannedIndex = Placed<Planned<IndexInputs, IndexResults>>;
type PreviousIndex = Previous<IndexInputs, IndexResults, IndexOutputs>;

/** One writing of an index, with everything that its steps share. */
interface IndexWrite extends IndexPlan {
  readonly planned: PlannedIndex;
  readonly manifest: TaggedManifest;
}

/**
 * Copies the children and tags them, puts the index under its tags, and lists it under its subject.
 * @throws ERR_DIGEST_MISMATCH when the index is no longer what `check` said, or a tag that an image is taken from was moved; what
 * planning throws. Then nothing was written.
 */
export async function write(
  context: Context,
  planned: PlannedIndex,
  previous: PreviousIndex,
): Promise<Written<IndexOutputs>> {
  const plan = await plannedIndex(context, planned);
  const indexWrite = { ...plan, planned, manifest: manifestOf(context, planned, plan) };
  const { index } = plan;
  const outputs = { manifest: new TextDecoder().decode(index.bytes), attestations: index.attestations };
  const children = await writeChildren(context, indexWrite, previous);
  const progress = await putTagged(context, indexWrite.manifest, children);
  const isListed = progress.failures.length > 0 || progress.subjectHandled;
  return { progress: isListed ? progress : await listUnderSubject(context, indexWrite, progress), outputs };
}

/** Plans the index once more. */
async function plannedIndex(context: Context, { inputs, target, results }: PlannedIndex): Promise<IndexPlan> {
  if (inputs === undefined) throw new Error("the inputs of the index are not known yet");
  const [plan] = await Promise.all([
    planIndex(context, inputs, target, results.sources),
    assertSourcesUnmoved(context, inputs, target, results.sources),
  ]);
  if (!("index" in plan)) throw new Error("the images are not known yet");
  const { digest } = plan.index.descriptor;
  if (digest === results.digest) return plan;
  throw new ProviderError(
    "ERR_DIGEST_MISMATCH",
    `the index would be ${digest}, but ${String(results.digest)} was planned: an image changed in between. ` +
      "Nothing was written; run `pulumi up` again.",
    { expected: String(results.digest), actual: digest },
  );
}

function manifestOf(context: Context, planned: PlannedIndex, { index, images }: IndexPlan): TaggedManifest {
  const { target, tags, behaviour } = planned;
  const content = { descriptor: index.descriptor, bytes: index.bytes };
  const repair = async () => {
    requireCopied(await copyChildren(context, target, images.entries, emptyTarget));
  };
  return { target, content, tags, behaviour, mayBeThere: false, repair };
}

/** Children come first, and get their tags when all are there: a tag never names an index of which something is missing. */
async function writeChildren(context: Context, write: IndexWrite, previous: PreviousIndex): Promise<WriteProgress> {
  const { images, planned } = write;
  const { target, behaviour, results } = planned;
  const listed = listedChildren(context, write, previous.outputs);
  const copied = await copyChildren(context, target, images.entries, {
    mayHave: (digest) => recordsPushed(behaviour) || listed.has(digest),
    isHarmed: harmedChildren(write, previous),
  });
  const record = withPushed(previous.record, recordsPushed(behaviour) ? copied.written : []);
  const progress = { record, failures: copied.failures, isWritten: false, subjectHandled: false };
  if (progress.failures.length > 0) return { ...progress, isBegun: copied.written.length > 0 };
  const { childTags = {} } = results;
  const { onConflict } = behaviour;
  const outcomes = await tagChildren(context, target, childTags, { record, onConflict });
  const digests = new Map(Object.entries(childTags));
  return { ...progress, record: withTags(record, outcomes, digests, onConflict), failures: errorsOf(outcomes) };
}

/**
 * Children that are in the repository in all likelihood, because an index there lists them: the recorded one, or the planned one
 * when a tag names it already. A HEAD comes before they are copied again, for two reasons: it costs less, and while distribution 2.8
 * takes a manifest that it has, readers get a 404 for it.
 */
function listedChildren(
  context: Context,
  { index, manifest }: IndexWrite,
  outputs: IndexOutputs | undefined,
): ReadonlySet<string> {
  const planned = isUnderATag(context, manifest) ? index.manifests : [];
  const recorded = outputs && parseManifest(Buffer.from(outputs.manifest), { what: "the recorded index" });
  const last = recorded?.kind === "index" ? recorded.manifests : [];
  return new Set([...last, ...planned].map(({ digest }) => digest));
}

/** Which children lack blobs that a refresh did not find. */
function harmedChildren({ images }: IndexWrite, { recorded }: PreviousIndex): (digest: string) => boolean {
  const drift = recorded?.drift ?? {};
  if (!isDrifted(drift)) return () => false;
  const names = listedNames(images.entries);
  return (digest) => lostBlobs(drift, names.get(digest)).length > 0;
}

async function listUnderSubject(
  context: Context,
  { planned, manifest }: IndexWrite,
  progress: WriteProgress,
): Promise<WriteProgress> {
  const subject = planned.inputs?.subject;
  if (subject === undefined) return progress;
  try {
    const repository = repositoryAt(context, planned.target);
    await addReferrers(context, repository, subject, [referrerDescriptor(manifest.content)]);
    return progress;
  } catch (error) {
    return { ...progress, failures: [error] };
  }
}
