import { AsyncLocalStorage } from "node:async_hooks";

const urns = new AsyncLocalStorage<string | undefined>();

/** Does work that is about a resource; {@link currentUrn} tells of it within, also in what the work awaits. */
export function workingOn<T>(urn: string | undefined, work: () => T): T {
  return urns.run(urn, work);
}

/** The URN of the resource that the work of this moment is about; `undefined` when that is not known. */
export function currentUrn(): string | undefined {
  return urns.getStore();
}
