import { parseManifest } from "../../oci/manifest";
import type { PropertyBag } from "../properties/bag";
import { isUnderATag } from "../tagged/putTagged";
import type { Writing } from "./writing";

/**
 * Children that are in the repository in all likelihood, because an index there lists them: the recorded one, or the planned one
 * when a tag names it already. They are looked at before they are brought again, for two reasons: that costs less, and while
 * distribution 2.8 takes a manifest that it has, readers get a 404 for it.
 * @param state - the outputs of the last run, `{}` for a new resource.
 * @returns their digests.
 */
export function listedChildren(writing: Writing, state: PropertyBag): ReadonlySet<string> {
  const planned = isUnderATag(writing) ? writing.index.manifests : [];
  return new Set([...recordedChildren(state), ...planned].map(({ digest }) => digest));
}

function recordedChildren(state: PropertyBag) {
  const { manifest } = state;
  if (typeof manifest !== "string") return [];
  const index = parseManifest(Buffer.from(manifest), { what: "the recorded index" });
  return index.kind === "index" ? index.manifests : [];
}
