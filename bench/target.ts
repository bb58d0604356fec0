/** The inputs of a resource that say where something goes. */
export interface Target {
  readonly registry: { readonly address: string };
  readonly repository: string;
  readonly tag: string;
}

/** Takes `host/repository:tag` apart. @throws when it is no such text. */
export function partsOf(reference: string): Target {
  const [, address, repository, tag] = /^([^/]+)\/(.+):([^:/]+)$/.exec(reference) ?? [];
  if (address === undefined || repository === undefined || tag === undefined)
    throw new Error(`${reference} is no host/repository:tag.`);
  return { registry: { address }, repository, tag };
}
