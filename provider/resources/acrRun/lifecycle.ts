import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../../errors";
import type { Context } from "../context";
import { endScope, endTagged } from "../deletion/end";
import { tidyTags } from "../deletion/tidy";
import type { DiffResult, Lifecycle, Live } from "../lifecycle";
import { PartialFailure } from "../lifecycle";
import { omit, type PropertyBag } from "../properties/bag";
import { inputError, stringMap } from "../properties/readers";
import { parseTagBehaviour } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import { knownTarget, parseTarget, repositoryName, sameTarget } from "../properties/target";
import { containsUnknown } from "../properties/unknown";
import { createTagged } from "../tagged/createTagged";
import { difference } from "../tagged/diff";
import {
  type Previous,
  type ResourceRecord,
  recordOf,
  recordOutputNames,
  recordOutputs,
  withPushed,
  withTags,
} from "../tagged/resourceRecord";
import { judgeSightings } from "../tagged/tagCheck";
import { check } from "./check";
import { parseImages, parseRunInputs, runInputNames } from "./inputs";
import { finishRun, startRun } from "./run";

const outputs: ReadonlySet<string> = new Set(["digests", "runId", ...recordOutputNames]);

/**
 * The lifecycle of a run of ACR Tasks, which builds one image for each platform and pushes it. It runs when its source, its task
 * or a trigger has changed, and when an image that it pushed is gone.
 */
export const acrRunLifecycle: Lifecycle = {
  check,
  diff,
  async create(context, inputs) {
    const [image] = parseImages(inputs);
    const place = repositoryName(knownTarget(inputs));
    return createTagged(context, place, (previous) => run(context, `${place}:${image?.tag}`, previous, inputs));
  },
  read,
  async update(context, id, state, inputs) {
    if (!hasRun(state, inputs)) return run(context, id, { state, record: recordOf(state) }, inputs);
    const { digests, runId } = state;
    return { id, state: { ...inputs, digests, runId, ...recordOutputs(recordOf(state), tagsOf(inputs)) } };
  },
  delete: async (context, _id, state) => endTagged(context, state, endScope(context, state)),
};

/** The build tags of another run are not taken; a tag that is not known yet is judged when it is. */
async function diff(context: Context, _id: string, state: PropertyBag, inputs: PropertyBag): Promise<DiffResult> {
  const target = parseTarget(inputs);
  const isFree = parseTagBehaviour(inputs).onConflict === "overwrite" || containsUnknown(inputs["images"]);
  if (target && sameTarget(state, inputs) && !isFree) {
    const wanted = new Map(tagsOf(inputs).map((tag) => [tag, undefined] as const));
    await judgeSightings(context, target, recordOf(state), wanted);
  }
  context.plan.handOn(context.resource, recordOf(state), repositoryName(knownTarget(state)));
  return difference(state, inputs, outputs);
}

function tagsOf(inputs: PropertyBag): readonly string[] {
  return parseImages(inputs).map(({ tag }) => tag);
}

/** Whether the state is that of a run which did what the inputs ask for, and whose images are all there. */
function hasRun(state: PropertyBag, inputs: PropertyBag): boolean {
  const isWhole = !recordOf(state).isUnfinished && state["drift"] === undefined && inputs["drift"] === undefined;
  return isWhole && runInputNames.every((name) => isDeepStrictEqual(state[name], inputs[name]));
}

async function run(context: Context, id: string, previous: Previous, inputs: PropertyBag): Promise<Live> {
  const target = knownTarget(inputs);
  const settled = omit(inputs, new Set(["drift"]));
  const parsed = parseRunInputs(inputs);
  if (parsed === undefined) throw inputError("source", "it is not known yet, so nothing can be built of it");
  const runId = await startRun(context, target, parsed, inputs["contextDigest"]);
  const tags = tagsOf(inputs);
  let record = previous.record;
  try {
    const digests = await finishRun(context, target, parsed, runId);
    record = withPushed(record, Object.values(digests));
    record = withPushedTags(record, new Map(parsed.images.map(({ platform, tag }) => [tag, digests[platform] ?? ""])));
    record = await tidyTags({ context, target, behaviour: parseTagBehaviour(inputs) }, record, tags);
    return { id, state: { ...settled, digests, runId, ...recordOutputs(record, tags) } };
  } catch (error) {
    record = withPushedTags(record, await pushedByRun(context, target, tags));
    const left = { ...settled, digests: previous.state["digests"] ?? {}, runId };
    const state = { ...left, ...recordOutputs({ ...record, isUnfinished: true }, tags) };
    throw new PartialFailure({ id, state }, [messageOf(error)]);
  }
}

function withPushedTags(record: ResourceRecord, digests: ReadonlyMap<string, string>): ResourceRecord {
  const outcomes = [...digests.keys()].map((tag) => ({ tag, result: "written", subjectHandled: false }) as const);
  return withTags(record, outcomes, digests, "overwrite");
}

/** The tags that a failed run has pushed: they name something else than check saw before the run. */
async function pushedByRun(
  context: Context,
  { connection, repository: name }: Target,
  tags: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const repository = context.registry(connection).repository(name);
  const looks = tags.map(async (tag) => {
    const before = context.tagSnapshots.last(repositoryName({ connection, repository: name }), tag);
    const held = await repository.headManifest(tag).catch(() => undefined);
    return held && before && before.descriptor?.digest !== held.digest ? [[tag, held.digest] as const] : [];
  });
  return new Map((await Promise.all(looks)).flat());
}

/**
 * Observes the images: `drift` tells each tag that names something else than what was built.
 * @returns `undefined` when all of them are gone.
 */
async function read(context: Context, id: string, state: PropertyBag) {
  const { drift: _, ...settled } = state;
  const target = knownTarget(state);
  const repository = context.registry(target.connection).repository(target.repository);
  const digests = stringMap(state, "digests") ?? {};
  const looks = await Promise.all(
    parseImages(state).map(async ({ platform, tag }) => {
      return { tag, built: digests[platform], held: (await repository.headManifest(tag))?.digest };
    }),
  );
  if (looks.every(({ held }) => held === undefined)) return undefined;
  const moved = looks.flatMap(({ tag, built, held }) => (held === built ? [] : [[tag, held ?? "gone"]]));
  const observed = { ...settled, ...(moved.length > 0 && { drift: Object.fromEntries(moved) }) };
  return { id, state: observed, inputs: omit(observed, outputs) };
}
