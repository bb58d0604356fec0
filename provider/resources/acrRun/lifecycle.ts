import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../../errors";
import { omit } from "../bag";
import type { Context } from "../context";
import { difference } from "../difference";
import { inputError, stringMap } from "../inputs";
import type { Lifecycle, Live, PropertyBag } from "../lifecycle";
import { PartialFailure } from "../lifecycle";
import { deleteUnneeded } from "../manifestDeletion";
import { parseTagBehaviour } from "../tagInputs";
import { removeTags } from "../tagRemoval";
import { knownTarget, repositoryName } from "../target";
import { check } from "./check";
import { parseImages, parseRunInputs, runInputNames } from "./inputs";
import { finishRun, startRun } from "./perform";

const outputs: ReadonlySet<string> = new Set(["digests", "runId", "unfinished"]);

/**
 * The lifecycle of a run of ACR Tasks, which builds one image for each platform and pushes it. It runs when its source, its task
 * or a trigger has changed, and when an image that it pushed is gone.
 */
export const acrRunLifecycle: Lifecycle = {
  check,
  diff: (_id, state, inputs) => difference(state, inputs, outputs),
  create(context, inputs) {
    const [image] = parseImages(inputs);
    return run(context, `${repositoryName(knownTarget(inputs))}:${image?.tag}`, undefined, inputs);
  },
  read,
  async update(context, id, state, inputs) {
    if (!hasRun(state, inputs)) return run(context, id, state, inputs);
    const { digests, runId } = state;
    return { id, state: { ...inputs, digests, runId } };
  },
  delete: remove,
};

/** Whether the state is that of a run which did what the inputs ask for, and whose images are all there. */
function hasRun(state: PropertyBag, inputs: PropertyBag): boolean {
  const isWhole = [state["unfinished"], state["drift"], inputs["drift"]].every((value) => value === undefined);
  return isWhole && runInputNames.every((name) => isDeepStrictEqual(state[name], inputs[name]));
}

/** A run that failed may have pushed some of its tags: they stay ours. */
async function run(context: Context, id: string, state: PropertyBag | undefined, inputs: PropertyBag): Promise<Live> {
  const target = knownTarget(inputs);
  const settled = omit(inputs, new Set(["drift"]));
  const parsed = parseRunInputs(inputs);
  if (parsed === undefined) throw inputError("source", "it is not known yet, so nothing can be built of it");
  const runId = await startRun(context, target, parsed, inputs["contextDigest"]);
  try {
    const digests = await finishRun(context, target, parsed, runId);
    if (state) await removeDropped(context, state, inputs);
    return { id, state: { ...settled, digests, runId } };
  } catch (error) {
    const left = { ...settled, digests: state?.["digests"] ?? {}, runId, unfinished: true };
    throw new PartialFailure({ id, state: left }, [messageOf(error)]);
  }
}

/** Takes away tags that the last run pushed and that this one does not. */
async function removeDropped(context: Context, state: PropertyBag, inputs: PropertyBag): Promise<void> {
  const wanted = parseImages(inputs).map(({ tag }) => tag);
  await untag(context, state, (tag) => !wanted.includes(tag));
}

async function untag(context: Context, state: PropertyBag, isMeant: (tag: string) => boolean): Promise<void> {
  const target = knownTarget(state);
  const digests = stringMap(state, "digests") ?? {};
  for (const { platform, tag } of parseImages(state)) {
    const digest = digests[platform];
    if (digest !== undefined && isMeant(tag)) await removeTags(context, { target, tags: [tag], digest, keep: [] });
  }
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

/** Ends the images as `onDelete` says: `untag` their tags, `delete` also the manifests that nothing else names, `retain` nothing. */
async function remove(context: Context, _id: string, state: PropertyBag): Promise<void> {
  const { onDelete } = parseTagBehaviour(state);
  if (onDelete === "retain") return;
  await untag(context, state, () => true);
  if (onDelete !== "delete") return;
  const { connection, repository } = knownTarget(state);
  const digests = Object.values(stringMap(state, "digests") ?? {});
  await deleteUnneeded(context, context.registry(connection).repository(repository), digests);
}
