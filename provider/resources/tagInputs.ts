import { choice } from "./inputs";
import type { PropertyBag } from "./lifecycle";
import { isUnknown } from "./unknown";

/** What happens when a tag that is not ours names something else. */
export type OnConflict = "fail" | "overwrite";
/** What is removed at the end: our tags, also our manifests, or nothing. */
export type OnDelete = "untag" | "delete" | "retain";
/** Whether every check looks for drift, or only a refresh. */
export type Reconcile = "onUp" | "onRefresh";

/** How a resource behaves towards tags of others, drift and its own end. */
export interface TagBehaviour {
  readonly onConflict: OnConflict;
  readonly onDelete: OnDelete;
  readonly reconcile: Reconcile;
}

/** Reads `onConflict`, `onDelete` and `reconcile`; what is not known yet counts as absent. @throws ERR_INPUT_INVALID. */
export function parseTagBehaviour(bag: PropertyBag): TagBehaviour {
  const known = Object.fromEntries(Object.entries(bag).filter(([, value]) => !isUnknown(value)));
  return {
    onConflict: choice(known, "onConflict", ["fail", "overwrite"], "fail"),
    onDelete: choice(known, "onDelete", ["untag", "delete", "retain"], "untag"),
    reconcile: choice(known, "reconcile", ["onUp", "onRefresh"], "onUp"),
  };
}
