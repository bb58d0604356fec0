import type { PropertyBag } from "./bag";
import { stringMap } from "./readers";

/** By tag: the digest that it names instead of ours, or `gone`. By digest, child, blob or list: `gone`. By lock: `lifted`. */
export type Drift = Readonly<Record<string, string>>;

/** Reads the drift that checked inputs or a state tell. */
export function parseDrift(bag: PropertyBag): Drift {
  return stringMap(bag, "drift") ?? {};
}

/** Drift as inputs and states have it: nothing where there is none. */
export function formatDrift(drift: Drift): PropertyBag {
  return isDrifted(drift) ? { drift } : {};
}

/** Whether there is any drift. */
export function isDrifted(drift: Drift): boolean {
  return Object.keys(drift).length > 0;
}
