/** The engine's mark for a value that is not known yet (`unknownValue` in @pulumi/pulumi's runtime/rpc). */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value is the engine's mark for "not known yet". */
export function isUnknown(value: unknown): boolean {
  return value === unknownValue;
}

/** Whether a value is, or holds at any depth, something that is not known yet. */
export function containsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(containsUnknown);
}

/** A text, unless it is the engine's mark or no text at all. */
export function knownText(value: unknown): string | undefined {
  return typeof value === "string" && !isUnknown(value) ? value : undefined;
}

/** A value as a bag has it: the engine's mark in the place of one that is not known. */
export function orUnknown<T>(value: T | undefined): T | typeof unknownValue {
  return value ?? unknownValue;
}
