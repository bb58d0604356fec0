import { RunError } from "@pulumi/pulumi/errors";

/**
 * Reads the id of a resource that stands under a tag.
 * @param kind - the resource's type, for the message.
 * @param id - `host/repository:tag`.
 * @throws when it has another form.
 */
export function parseTaggedId(
  kind: string,
  id: string,
): { readonly address: string; readonly repository: string; readonly tag: string } {
  const [, address, repository, tag] = /^([^/]+)\/([^:@]+):([^:/@]+)$/.exec(id) ?? [];
  if (address === undefined || repository === undefined || tag === undefined)
    throw new RunError(`${JSON.stringify(id)} is not the id of a ${kind}: host/repository:tag.`);
  return { address, repository, tag };
}
