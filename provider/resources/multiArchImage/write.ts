import type { Context } from "../context";
import type { Live, PropertyBag } from "../lifecycle";
import { ownershipOf } from "../ownership";
import { knownTarget, repositoryName } from "../target";
import { parseTags } from "./inputs";
import { outputNames } from "./state";
import { writeIndex } from "./writeIndex";

/** Creates the index: children first, then the index under each tag. @throws PartialFailure when only some of it was done. */
export async function create(context: Context, inputs: PropertyBag): Promise<Live> {
  const [tag] = parseTags(inputs);
  const name = tag === undefined ? `@${String(inputs["digest"])}` : `:${tag}`;
  return writeIndex(context, `${repositoryName(knownTarget(inputs))}${name}`, undefined, inputs);
}

/**
 * Brings what exists in line with new inputs; the previous index, its children and its blobs stay. Sends no request when
 * the change does not touch what is on the registry.
 * @throws PartialFailure when only some of it was done.
 */
export async function update(context: Context, id: string, state: PropertyBag, inputs: PropertyBag): Promise<Live> {
  if (!isWritten(state, inputs)) return writeIndex(context, id, state, inputs);
  const outputs = Object.entries(state).filter(([name]) => outputNames.has(name));
  return { id, state: { ...inputs, ...Object.fromEntries(outputs) } };
}

/** Whether the state says that all that the inputs ask for is on the registry, and nothing more of ours. */
function isWritten(state: PropertyBag, inputs: PropertyBag): boolean {
  const { createdTags, adoptedTags } = ownershipOf(state);
  const tags = parseTags(inputs);
  const allWritten = tags.every((tag) => createdTags.includes(tag) || adoptedTags.includes(tag));
  const nothingDropped = createdTags.every((tag) => tags.includes(tag));
  const nothingDrifted = state["drift"] === undefined && inputs["drift"] === undefined;
  const unchanged = ["digest", "childTag"].every((name) => state[name] === inputs[name]);
  return unchanged && allWritten && nothingDropped && nothingDrifted && state["manifest"] !== undefined;
}
