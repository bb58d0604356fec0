import { followRun, type RunEnd } from "../../azure/followRun";
import type { ResourceManager } from "../../azure/resourceManager";
import { requestUpload, scheduleRun } from "../../azure/runs";
import { ProviderError } from "../../errors";
import { lookAtBuildContext } from "../../sources/buildContext";
import type { Context } from "../context";
import { repositoryAt } from "../process/repositoryAt";
import { resourceManagerOf } from "../process/resourceManager";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import { dockerfilesOf, type RunInputs, registryIdOf } from "./inputs";
import type { RunSource } from "./results";

/**
 * Uploads the source and schedules the run.
 * @param planned - the source as it was planned.
 * @returns the run's id.
 * @throws ERR_SOURCE_UNAVAILABLE when the source is no longer what it was; what Azure refuses.
 */
export async function startRun(
  context: Context,
  target: Target,
  inputs: RunInputs,
  planned: RunSource,
): Promise<string> {
  const manager = resourceManagerOf(context, target.connection);
  const registryId = registryIdOf(target);
  const sourceLocation = await uploadSource(context, manager, registryId, inputs, planned);
  const runId = await scheduleRun(manager.arm, registryId, { ...inputs, sourceLocation });
  context.inform(`the run ${runId} of ACR Tasks is queued`);
  return runId;
}

/**
 * Waits for the end of a run, and tells its log meanwhile.
 * @returns the digest of each platform's image.
 * @throws ERR_RUN_FAILED with the end of the log; ERR_NOT_FOUND for an image that was not pushed.
 */
export async function finishRun(
  context: Context,
  target: Target,
  inputs: RunInputs,
  runId: string,
): Promise<Readonly<Record<string, string>>> {
  const end = await followRun(resourceManagerOf(context, target.connection), registryIdOf(target), runId, {
    timeoutSeconds: inputs.timeoutSeconds,
    onLines: (lines) => reportLines(context, lines),
  });
  if (end.run.status !== "Succeeded") throw failed(target, end);
  return digestsOf(context, target, inputs, end);
}

async function uploadSource(
  context: Context,
  { arm, storage }: ResourceManager,
  registryId: string,
  inputs: RunInputs,
  planned: RunSource,
): Promise<string> {
  const { source } = inputs;
  if ("sourceLocation" in planned) return planned.sourceLocation;
  const found = await lookAtBuildContext(source, dockerfilesOf(inputs), context.directory);
  if (found.digest !== planned.contextDigest) throw changedSource(found.folder);
  const body = await found.pack();
  const { url, sourceLocation } = await requestUpload(arm, registryId);
  await storage.upload(url, body);
  return sourceLocation;
}

// What a run's agent says of its own steps, after the time; the rest is the builds' own output.
const ownLine = /^[\d/]{10} [\d:]{8} (Executing step ID: [^.]+|Successfully pushed image: \S+)/;

/** Where nobody watches, only the steps are told, so that a log of many lines does not fill the engine's. */
function reportLines({ report, inform }: Context, lines: readonly string[]): void {
  if (report) {
    report(lines.at(-1) ?? "");
    return;
  }
  const steps = lines.flatMap((line) => ownLine.exec(line)?.[1] ?? []);
  // In one message, because the engine may change the order of several.
  if (steps.length > 0) inform(steps.join("\n"));
}

/** The digest that each tag names: from the run's own images, or from the registry. */
async function digestsOf(
  context: Context,
  target: Target,
  { images }: RunInputs,
  { run }: RunEnd,
): Promise<Readonly<Record<string, string>>> {
  const repository = repositoryAt(context, target);
  const entries = images.map(async ({ platform, tag }) => {
    const output = run.outputImages.findLast((image) => image.repository === target.repository && image.tag === tag);
    const digest = output?.digest ?? (await repository.headManifest(tag))?.digest;
    if (digest === undefined) throw missing(target, tag, run.runId);
    return [platform, digest] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function failed(target: Target, { run, lastLines }: RunEnd): ProviderError<"ERR_RUN_FAILED"> {
  const { runId, status, errorMessage } = run;
  const log = lastLines.length === 0 ? "It has no log." : `Its log ends:\n${lastLines.join("\n")}`;
  return new ProviderError(
    "ERR_RUN_FAILED",
    `The run ${runId} of ACR Tasks for ${repositoryName(target)} ended with ${status}${errorMessage ? ` (${errorMessage})` : ""}. ${log}`,
    { runId, status },
  );
}

function missing(target: Target, tag: string, runId: string): ProviderError<"ERR_NOT_FOUND"> {
  const reference = `${repositoryName(target)}:${tag}`;
  const message = `The run ${runId} of ACR Tasks succeeded, but ${reference} is not there. Check that its task pushes it.`;
  return new ProviderError("ERR_NOT_FOUND", message, { reference });
}

function changedSource(folder: string): ProviderError<"ERR_SOURCE_UNAVAILABLE"> {
  const message = `${folder} has changed since this was planned. Preview again to see what would be built.`;
  return new ProviderError("ERR_SOURCE_UNAVAILABLE", message, { source: folder });
}
