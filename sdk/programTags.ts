import type * as pulumi from "@pulumi/pulumi";
import * as outputs from "@pulumi/pulumi/output";

/** The resource of this program that puts each tag, by `host/repository:tag`, as far as its arguments are plain texts. */
const owners = new Map<string, pulumi.Resource>();

/** The repository that a resource writes to. */
export interface Place {
  /** The registry's. */
  readonly address: pulumi.Input<string>;
  /** Without the registry's address. */
  readonly repository: pulumi.Input<string>;
}

/** Notes the tags that a resource puts, for the resources that are constructed after it. */
export function notePushedTags(resource: pulumi.Resource, { address, repository }: Place, tags: unknown): void {
  for (const tag of Array.isArray(tags) ? tags : [tags])
    if ([address, repository, tag].every((text) => typeof text === "string"))
      owners.set(`${address}/${repository}:${tag}`, resource);
}

/**
 * The options of a resource with the resources of this program that put what it reads: Pulumi cannot see that a text names one.
 * @param references - the references that the resource reads; what is no text depends on its resource by itself.
 * @param own - the place that `:tag` refers to.
 */
export function dependingOn(
  opts: pulumi.CustomResourceOptions | undefined,
  references: readonly unknown[],
  { address, repository }: Place,
): pulumi.CustomResourceOptions | undefined {
  const read = references.flatMap((reference) => {
    if (typeof reference !== "string") return [];
    return owners.get(reference.startsWith(":") ? `${address}/${repository}${reference}` : reference) ?? [];
  });
  if (read.length === 0) return opts;
  const given = opts?.dependsOn ?? [];
  const dependsOn = outputs.output(given).apply((known) => [...[known].flat(), ...read]);
  return { ...opts, dependsOn };
}
