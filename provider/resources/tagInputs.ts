import { choice } from "./inputs";
import type { PropertyBag } from "./lifecycle";
import { isUnknown } from "./unknown";

export type OnConflict = "fail" | "overwrite";
export type OnDelete = "untag" | "delete" | "retain";
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
