import { hasCode, ProviderError } from "../../errors";
import { indexTree } from "../../sources/indexTree";
import { repositoryStore } from "../../sources/repositoryManifest";
import type { Context } from "../context";
import { emptyTarget, foundAbsent, requireCopied, type TargetState } from "../copy/copyManifests";
import { assertUnmoved } from "../copy/plannedSource";
import { repositoryAt } from "../process/repositoryAt";
import { inputError } from "../properties/readers";
import { recordsPushed } from "../properties/tagInputs";
import { copyListedReferrers } from "../referrers/copyReferrers";
import { noReferrers } from "../referrers/referrers";
import type { Placed, Planned, Previous } from "../tagged/declared";
import { isUnderATag, putTagged, type TaggedManifest } from "../tagged/putTagged";
import { withPushed } from "../tagged/resourceRecord";
import type { Written } from "../tagged/taggedKind";
import type { WriteProgress } from "../tagged/writeProgress";
import { azureCopy } from "./azureCopy";
import { azureTags } from "./azureTags";
import { harmedManifests, namedManifests } from "./children";
import type { DeclaredImport } from "./inputs";
import type { ImportOutputs } from "./outputs";
import { type ImportPlan, planImport } from "./plan";
import type { ImportResults } from "./results";

type PlannedImport = Placed<Planned<DeclaredImport, ImportResults>>;
type PreviousImport = Previous<DeclaredImport, ImportResults, ImportOutputs>;
type Copy = Pick<ImportPlan, "content" | "tree">;

/** One writing of a copy, with everything that its steps share. */
interface ImportWrite extends Copy {
  readonly planned: PlannedImport;
  readonly manifest: TaggedManifest;
}

/**
 * Copies everything that the manifest lists, then its referrers, and puts the manifest under each tag.
 * @throws ERR_DIGEST_MISMATCH when the copy is no longer what `check` said; what planning throws. Then nothing was written.
 */
export async function write(
  context: Context,
  planned: PlannedImport,
  previous: PreviousImport,
): Promise<Written<ImportOutputs>> {
  const copy = await plannedCopy(context, planned);
  const importWrite = { ...copy, planned, manifest: manifestOf(context, planned, copy) };
  const outputs = { manifest: new TextDecoder().decode(copy.content.bytes) };
  const content = await copyContent(context, importWrite, previous);
  return { progress: await putTagged(context, importWrite.manifest, content), outputs };
}

/** Copies all that the manifest lists, and then its referrers. */
async function copyContent(
  context: Context,
  write: ImportWrite,
  { recorded, record: before }: PreviousImport,
): Promise<WriteProgress> {
  const { tree, planned } = write;
  const { target, results, behaviour, drift } = planned;
  const targetState = targetStateOf(context, write, recorded);
  const content = await azureCopy.copy(context, tree, target, targetState);
  const record = withPushed(before, foundAbsent(content, targetState));
  const isBegun = content.written.length > 0;
  const progress = { record, failures: content.failures, isWritten: false, isBegun, subjectHandled: false };
  if (progress.failures.length > 0) return progress;
  const referrers = await copyListedReferrers(context, {
    source: tree.source,
    target,
    wanted: results.referrers ?? noReferrers,
    record,
    drift: [drift, recorded?.drift ?? {}],
    onConflict: behaviour.onConflict,
    strategy: azureCopy,
    targetState,
  }).catch((error: unknown) => ({ record, failures: [error], isBegun: false }));
  return { ...progress, ...referrers, isBegun: isBegun || referrers.isBegun };
}

/** A HEAD comes before copying again what is there in all likelihood: that costs less, and disturbs no reader. */
function targetStateOf(
  context: Context,
  { content, tree, manifest }: ImportWrite,
  recorded: PlannedImport | undefined,
): TargetState {
  const planned = isUnderATag(context, manifest)
    ? [...tree.manifests, content.descriptor].map(({ digest }) => digest)
    : [];
  const last = recorded ? Object.values(namedManifests(recorded.results)) : [];
  const listed = new Set([...last, ...planned]);
  const harmed = recorded ? harmedManifests(recorded) : new Set();
  return {
    mayHave: (digest) => recordsPushed(manifest.behaviour) || listed.has(digest),
    isHarmed: (digest) => harmed.has(digest),
  };
}

function manifestOf(context: Context, planned: PlannedImport, { content, tree }: Copy): TaggedManifest {
  const { target, tags, behaviour } = planned;
  const writer = azureTags(context, tree, target);
  const repair = async () => {
    requireCopied(await azureCopy.copy(context, tree, target, emptyTarget));
  };
  // Azure has copied the manifest itself along with its children.
  return { target, content, tags, behaviour, repair, mayBeThere: writer !== undefined, ...(writer && { writer }) };
}

/** Plans the copy once more. */
async function plannedCopy(context: Context, { inputs, target, results }: PlannedImport): Promise<Copy> {
  const copy = inputs?.copy;
  const { digest: expected, sourceDigest } = results;
  if (copy === undefined || expected === undefined || sourceDigest === undefined)
    throw inputError("source", "it is not known yet, so nothing can be copied");
  const { location: source, follow } = copy;
  const { tagOrDigest } = source;
  if (follow) await assertUnmoved(context, { path: "source.image", source, tagOrDigest, digest: sourceDigest });
  try {
    const plan = await planImport(context, copy, sourceDigest);
    const { digest } = plan.content.descriptor;
    if (digest === expected) return plan;
    throw new ProviderError(
      "ERR_DIGEST_MISMATCH",
      `the copy would be ${digest}, but ${expected} was planned. Nothing was written; run \`pulumi up\` again.`,
      { expected, actual: digest },
    );
  } catch (error) {
    const there = hasCode(error, "ERR_NOT_FOUND") && (await copyFromTarget(context, target, expected));
    if (!there) throw error;
    return there;
  }
}

/** When the source is gone, the copy that is there already is all that is needed. */
async function copyFromTarget(
  context: Context,
  target: PlannedImport["target"],
  digest: string,
): Promise<Copy | undefined> {
  const repository = repositoryAt(context, target);
  const content = await repository.getManifest(digest);
  if (content === undefined) return undefined;
  const manifests = (await indexTree(repositoryStore(repository, content), [content.descriptor])).slice(0, -1);
  return { content, tree: { source: target, root: content, manifests } };
}
