import type { PropertyBag } from "../lifecycle";

/** Names that `check` adds to the inputs. */
const computedNames: ReadonlySet<string> = new Set([
  "digest",
  "mediaType",
  "size",
  "platforms",
  "sources",
  "drift",
  "schema",
]);

/** Names that only create, update and read write. */
export const outputNames: ReadonlySet<string> = new Set([
  "manifest",
  "attestationManifests",
  "createdTags",
  "adoptedTags",
  "pushed",
  "childTags",
]);

/** The inputs as the program declared them. */
export function withoutComputed(bag: PropertyBag): PropertyBag {
  return Object.fromEntries(Object.entries(bag).filter(([name]) => !computedNames.has(name)));
}
