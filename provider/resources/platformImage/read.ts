import { omit } from "../bag";
import type { Context } from "../context";
import type { Live, PropertyBag } from "../lifecycle";
import { knownTarget } from "../target";
import { parseOwnTag } from "./inputs";
import { outputs } from "./outputs";

/**
 * Observes the image: `drift` tells what its tag names instead, or that the tag or the manifest is gone.
 * @returns `undefined` when both the tag and the manifest are absent.
 * @throws on any answer that does not tell (401, 403, 5xx): the state stays as it is.
 */
export async function read(
  context: Context,
  id: string,
  state: PropertyBag,
): Promise<(Live & { readonly inputs: PropertyBag }) | undefined> {
  const { connection, repository: name } = knownTarget(state);
  const repository = context.registry(connection).repository(name);
  const digest = String(state["digest"]);
  const [tag] = parseOwnTag(state);
  const named = await repository.headManifest(tag ?? digest);
  const { drift: _, ...settled } = state;
  const manifest = named?.digest === digest ? named : await repository.headManifest(digest);
  if (named === undefined && manifest === undefined) return undefined;
  const moved = tag !== undefined && named?.digest !== digest ? { [tag]: named?.digest ?? "gone" } : {};
  const lost = manifest === undefined ? { [digest]: "gone" } : {};
  const drift = { ...moved, ...lost };
  const observed = { ...settled, ...(Object.keys(drift).length > 0 && { drift }) };
  return { id, state: observed, inputs: omit(observed, new Set(outputs)) };
}
