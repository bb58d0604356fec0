import type { Context } from "../context";
import { repositoryAt } from "../process/repositoryAt";
import { inputError } from "../properties/readers";
import { repositoryName, type Target } from "../properties/target";
import type { Placed, Planned, Previous } from "../tagged/declared";
import { type ResourceRecord, withPushed, withTags } from "../tagged/resourceRecord";
import type { Written } from "../tagged/taggedKind";
import type { DeclaredRun } from "./inputs";
import type { RunOutputs } from "./outputs";
import type { RunResults } from "./results";
import { finishRun, startRun } from "./runTask";

/** Runs the task, which pushes each image under its tag. @throws when the run was not scheduled. */
export async function write(
  context: Context,
  { inputs, target, tags, results }: Placed<Planned<DeclaredRun, RunResults>>,
  { outputs, record: before }: Previous<DeclaredRun, RunResults, RunOutputs>,
): Promise<Written<RunOutputs>> {
  const run = inputs?.run;
  if (run === undefined || results.source === undefined)
    throw inputError("source", "it is not known yet, so nothing can be built of it");
  const runId = await startRun(context, target, run, results.source);
  try {
    const digests = await finishRun(context, target, run, runId);
    const byTag = new Map(run.images.map(({ platform, tag }) => [tag, digests[platform] ?? ""]));
    const record = withPushedTags(withPushed(before, Object.values(digests)), byTag);
    return { progress: { record, failures: [], isWritten: true, subjectHandled: false }, outputs: { digests, runId } };
  } catch (error) {
    const record = withPushedTags(before, await pushedByRun(context, target, tags));
    const progress = { record, failures: [error], isWritten: false, isBegun: true, subjectHandled: false };
    return { progress, outputs: { digests: outputs?.digests ?? {}, runId } };
  }
}

function withPushedTags(record: ResourceRecord, digests: ReadonlyMap<string, string>): ResourceRecord {
  const outcomes = [...digests.keys()].map((tag) => ({ tag, result: "written", subjectHandled: false }) as const);
  return withTags(record, outcomes, digests, "overwrite");
}

/** The tags that a failed run has pushed: they name another digest than check saw before the run. */
async function pushedByRun(
  context: Context,
  target: Target,
  tags: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const repository = repositoryAt(context, target);
  const heads = tags.map(async (tag) => {
    const before = context.tagSnapshots.last(repositoryName(target), tag);
    const held = await repository.headManifest(tag).catch(() => undefined);
    return held && before && before.descriptor?.digest !== held.digest ? [[tag, held.digest] as const] : [];
  });
  return new Map((await Promise.all(heads)).flat());
}
