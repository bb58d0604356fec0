import type * as pulumi from "@pulumi/pulumi";
import * as outputs from "@pulumi/pulumi/output";

/** Where a resource puts its tags, as the program says it. */
export interface ProgramPlace {
  /** As {@link programAddress} gives it. */
  readonly address: unknown;
  /** Without the registry's address. */
  readonly repository: unknown;
}

/** A resource that puts a tag. */
interface Owner {
  /** The repository of the tag. */
  readonly place: ProgramPlace;
  /** The resource. */
  readonly resource: pulumi.Resource;
}

/** The resources of this program that put a tag, by the tag, as far as tags are plain texts. */
const owners = new Map<string, Owner[]>();

/** Notes the tags that a resource puts, for the resources that are constructed after it. */
export function notePushedTags(resource: pulumi.Resource, place: ProgramPlace, tags: unknown): void {
  for (const tag of Array.isArray(tags) ? tags : [tags])
    if (typeof tag === "string") owners.set(tag, [...(owners.get(tag) ?? []), { place, resource }]);
}

/**
 * The options of a resource with the resources of this program that put what it reads: Pulumi cannot see that a text names one.
 * @param references - the references that the resource reads; what is no text depends on its resource by itself.
 * @param own - the place that `:tag` refers to.
 */
export function dependingOn(
  opts: pulumi.CustomResourceOptions | undefined,
  references: readonly unknown[],
  own: ProgramPlace,
): pulumi.CustomResourceOptions | undefined {
  const read = references.flatMap((reference) =>
    typeof reference === "string" ? (ownerOf(reference, own)?.resource ?? []) : [],
  );
  if (read.length === 0) return opts;
  const given = opts?.dependsOn ?? [];
  const dependsOn = outputs.output(given).apply((known) => [...[known].flat(), ...read]);
  return { ...opts, dependsOn };
}

/** `:tag` also finds its owner where the address is not known yet: both resources have it from the same output. */
function ownerOf(reference: string, own: ProgramPlace): Owner | undefined {
  const separator = reference.lastIndexOf(":");
  const name = reference.slice(0, separator);
  const isNamed = ({ place: { address, repository } }: Owner) =>
    name === ""
      ? address === own.address && repository === own.repository
      : typeof address === "string" && typeof repository === "string" && `${address}/${repository}` === name;
  return owners.get(reference.slice(separator + 1))?.find(isNamed);
}
