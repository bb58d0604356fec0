import type { PropertyBag } from "./bag";
import { choice, optionalBag, optionalBoolean } from "./readers";
import { containsUnknown, isUnknown } from "./unknown";

/** The locks of a resource, on a registry that has locks. */
export interface LockInputs {
  readonly tag: boolean;
  readonly manifest: boolean;
  /** Whether a lock in the way of a write or removal is an error or is lifted. */
  readonly onLocked: "fail" | "unlock";
}

/** Reads `lock` and `onLocked`; what is not known yet counts as absent. @throws ERR_INPUT_INVALID. */
export function parseLock(bag: PropertyBag): LockInputs {
  const known = isUnknown(bag["onLocked"]) ? {} : bag;
  const onLocked = choice(known, "onLocked", ["fail", "unlock"], "fail");
  const lock = containsUnknown(bag["lock"]) ? undefined : optionalBag(bag, "lock");
  const isOn = (name: string) => (lock === undefined ? false : (optionalBoolean(lock, name, "lock") ?? false));
  return { tag: isOn("tag"), manifest: isOn("manifest"), onLocked };
}
