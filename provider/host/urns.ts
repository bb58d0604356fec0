import { digestOf } from "../oci/digest";
import type { PropertyBag } from "../resources/properties/bag";

/**
 * Which resource a call of the engine is about. Dynamic providers are not told, so the program says it to `check`, whose other
 * results then lead to it: the engine gives them to `diff`, `create` and `update` of the same run as they are.
 */
export interface Urns {
  /** Learns whose checked inputs these are. */
  checked(inputs: PropertyBag, urn: string): void;
  /** Learns the id of the resource whose checked inputs these are: `read` and `delete` are told nothing else. */
  identified(id: string, inputs: PropertyBag): void;
  /** The URN of the resource whose checked inputs these are; `undefined` when this process has not seen it. */
  ofInputs(inputs: PropertyBag): string | undefined;
  /** The URN of the resource that had this id in this process. */
  ofId(id: string): string | undefined;
}

/** Nothing is known at first. */
export function createUrns(): Urns {
  const byInputs = new Map<string, string>();
  const byId = new Map<string, string>();
  const ofInputs = (inputs: PropertyBag) => byInputs.get(keyOf(inputs));
  return {
    checked(inputs, urn) {
      byInputs.set(keyOf(inputs), urn);
    },
    identified(id, inputs) {
      const urn = ofInputs(inputs);
      if (urn !== undefined) byId.set(id, urn);
    },
    ofInputs,
    ofId: (id) => byId.get(id),
  };
}

/** The same for the same inputs in any order: on its way through the engine a bag loses it. `__provider` comes in there. */
function keyOf({ __provider: _, ...inputs }: PropertyBag): string {
  return digestOf(Buffer.from(JSON.stringify(inputs, sorted)));
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
