import { parseManifest } from "../../oci/manifest";
import type { Context } from "../context";
import type { PropertyBag } from "../lifecycle";
import type { Target } from "../target";
import { repositoryName } from "../target";
import type { IndexPlan } from "./plan";

/**
 * Children that are in the repository in all likelihood, because an index there lists them: the recorded one, or the planned one
 * when a tag names it already. They are looked at before they are brought again, for two reasons: that costs less, and while
 * distribution 2.8 takes a manifest that it has, readers get a 404 for it.
 * @param state - what the last run left, `undefined` for a new resource.
 * @returns their digests.
 */
export function listedChildren(
  context: Context,
  target: Target,
  plan: IndexPlan,
  tags: readonly string[],
  state: PropertyBag | undefined,
): ReadonlySet<string> {
  const { descriptor, manifests } = plan.index;
  const name = repositoryName(target);
  const isThere = tags.some((tag) => context.looks.last(name, tag)?.descriptor?.digest === descriptor.digest);
  const planned = isThere ? manifests : [];
  return new Set([...recordedChildren(state), ...planned].map(({ digest }) => digest));
}

function recordedChildren(state: PropertyBag | undefined) {
  const manifest = state?.["manifest"];
  if (typeof manifest !== "string") return [];
  const index = parseManifest(Buffer.from(manifest), { what: "the recorded index" });
  return index.kind === "index" ? index.manifests : [];
}
