import type { PropertyBag } from "./lifecycle";

/** A bag without the members of these names. */
export function omit(bag: PropertyBag, names: ReadonlySet<string>): PropertyBag {
  return Object.fromEntries(Object.entries(bag).filter(([name]) => !names.has(name)));
}

/** A bag with the members of these names alone. */
export function pick(bag: PropertyBag, names: ReadonlySet<string>): PropertyBag {
  return Object.fromEntries(Object.entries(bag).filter(([name]) => names.has(name)));
}
