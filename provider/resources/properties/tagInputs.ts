import { parseTag } from "../../oci/reference";
import type { PropertyBag } from "./bag";
import { at, choice, inputError, memberPath, stringList } from "./readers";
import { isUnknown } from "./unknown";

/** Whether a tag that is not ours and names another digest is an error or is taken over. */
export type OnConflict = "fail" | "overwrite";
/** The scope of removal at the end: our tags, also our manifests, or nothing. */
export type OnDelete = "untag" | "delete" | "retain";
/** Whether a tag that the program no longer lists stays on the registry or is removed. */
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

/** The tags that a program lists for a resource. */
export interface TagList {
  /** In declared order; those that are not known yet are left out. */
  readonly tags: readonly string[];
  readonly areAllTagsKnown: boolean;
}

/** Reads `tags`. @throws ERR_INPUT_INVALID for a malformed or repeated tag. */
export function parseTags(bag: PropertyBag): TagList {
  if (isUnknown(bag["tags"])) return { tags: [], areAllTagsKnown: false };
  const listed = stringList(bag, "tags").map((tag, index) =>
    isUnknown(tag) ? undefined : at(memberPath("tags", index), () => parseTag(tag)),
  );
  const tags = listed.filter((tag) => tag !== undefined);
  const repeated = tags.findIndex((tag, index) => tags.indexOf(tag) !== index);
  if (repeated >= 0) throw inputError(memberPath("tags", repeated), `the tag ${tags[repeated]} is listed twice`);
  return { tags, areAllTagsKnown: tags.length === listed.length };
}

/** Only with `onDelete: "delete"` it matters which manifests were there before us. */
export function recordsPushed({ onDelete }: TagBehaviour): boolean {
  return onDelete === "delete";
}
