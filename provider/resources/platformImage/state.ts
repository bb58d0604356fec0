import type { PropertyBag } from "../lifecycle";

const computedNames: ReadonlySet<string> = new Set(["descriptor", "digest", "attestationManifests", "drift", "schema"]);

/** Names that only create, update and read write. */
export const outputNames: ReadonlySet<string> = new Set([
  "configDigest",
  "layers",
  "size",
  "createdTags",
  "adoptedTags",
  "pushed",
  "childTags",
]);

/** The inputs as the program declared them. */
export function withoutComputed(bag: PropertyBag): PropertyBag {
  return Object.fromEntries(Object.entries(bag).filter(([name]) => !computedNames.has(name)));
}
