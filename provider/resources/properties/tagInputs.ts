import { parseTag } from "../../oci/reference";
import type { PropertyBag } from "./bag";
import { at, choice, inputError, isBag, memberPath, stringList, stringMap } from "./readers";
import { containsUnknown, isUnknown } from "./unknown";

/** What happens when a tag that is not ours names something else. */
export type OnConflict = "fail" | "overwrite";
/** What is removed at the end: our tags, also our manifests, or nothing. */
export type OnDelete = "untag" | "delete" | "retain";
/** What becomes of a tag that the program no longer lists: it stays on the registry, or it is removed. */
export type OnUnlist = "retain" | "untag";
/** Whether every check looks for drift, or only a refresh. */
export type Reconcile = "onUp" | "onRefresh";

/** How a resource behaves towards tags of others, drift and its own end. */
export interface TagBehaviour {
  readonly onConflict: OnConflict;
  readonly onDelete: OnDelete;
  readonly onUnlist: OnUnlist;
  readonly reconcile: Reconcile;
}

/** Reads `onConflict`, `onDelete`, `onUnlist` and `reconcile`; what is not known yet counts as absent. @throws ERR_INPUT_INVALID. */
export function parseTagBehaviour(bag: PropertyBag): TagBehaviour {
  const known = Object.fromEntries(Object.entries(bag).filter(([, value]) => !isUnknown(value)));
  return {
    onConflict: choice(known, "onConflict", ["fail", "overwrite"], "fail"),
    onDelete: choice(known, "onDelete", ["untag", "delete", "retain"], "untag"),
    onUnlist: choice(known, "onUnlist", ["retain", "untag"], "retain"),
    reconcile: choice(known, "reconcile", ["onUp", "onRefresh"], "onUp"),
  };
}

/** Reads `tags`; those not known yet are left out. @throws ERR_INPUT_INVALID for a malformed or repeated tag. */
export function parseTags(bag: PropertyBag): readonly string[] {
  if (isUnknown(bag["tags"])) return [];
  const tags = stringList(bag, "tags").map((tag, index) =>
    isUnknown(tag) ? undefined : at(memberPath("tags", index), () => parseTag(tag)),
  );
  const known = tags.filter((tag) => tag !== undefined);
  const repeated = known.findIndex((tag, index) => known.indexOf(tag) !== index);
  if (repeated >= 0) throw inputError(memberPath("tags", repeated), `the tag ${known[repeated]} is listed twice`);
  return known;
}

/** A map of tags to digests; empty while it is not known. */
export function knownTags(value: unknown): Readonly<Record<string, string>> {
  return isBag(value) && !containsUnknown(value) ? (stringMap({ value }, "value") ?? {}) : {};
}

/** Only with `onDelete: "delete"` it matters which manifests were there before us. */
export function recordsPushed({ onDelete }: TagBehaviour): boolean {
  return onDelete === "delete";
}
