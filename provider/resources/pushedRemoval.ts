import type { Context } from "./context";
import type { PropertyBag } from "./lifecycle";
import { deleteUnneeded } from "./manifestDeletion";
import { ownershipOf } from "./ownership";
import { parseTagBehaviour } from "./tagInputs";
import { removeTags } from "./tagRemoval";
import { knownTarget } from "./target";

/**
 * Ends an image as `onDelete` says. `untag`: the tags that we wrote and that still name our digest. `delete`: also the
 * manifests that we pushed and that nothing else names, the last pushed first. `retain`: nothing.
 */
export async function removePushed(context: Context, state: PropertyBag): Promise<void> {
  const { onDelete } = parseTagBehaviour(state);
  if (onDelete === "retain") return;
  const target = knownTarget(state);
  const { createdTags, pushed } = ownershipOf(state);
  await removeTags(context, { target, tags: createdTags, digest: String(state["digest"]), keep: [] });
  if (onDelete !== "delete") return;
  const repository = context.registry(target.connection).repository(target.repository);
  await deleteUnneeded(context, repository, [...pushed].reverse());
}
