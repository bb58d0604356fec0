/** A property bag as it crosses the protocol: JSON values, and the engine's mark for what is not known yet. */
export type PropertyBag = Record<string, unknown>;

/** A bag without the members of these names. */
export function omit(bag: PropertyBag, names: ReadonlySet<string>): PropertyBag {
  return Object.fromEntries(Object.entries(bag).filter(([name]) => !names.has(name)));
}

/** A bag with the members of these names alone. */
export function pick(bag: PropertyBag, names: ReadonlySet<string>): PropertyBag {
  return Object.fromEntries(Object.entries(bag).filter(([name]) => names.has(name)));
}
