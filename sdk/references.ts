import * as pulumi from "@pulumi/pulumi";

/** What a resource has of the manifest that it stands for. */
interface NamedManifest {
  readonly repository: pulumi.Output<string>;
  readonly digest: pulumi.Output<string>;
}

/** `host/repository@digest`. @param address - the registry's. */
export function digestReference(
  address: pulumi.Input<string>,
  { repository, digest }: NamedManifest,
): pulumi.Output<string> {
  return pulumi.interpolate`${address}/${repository}@${digest}`;
}

/** `host/repository:tag` for each tag. @param address - the registry's. */
export function tagReferences(
  address: pulumi.Input<string>,
  { repository, tags }: Pick<NamedManifest, "repository"> & { readonly tags: pulumi.Output<string[]> },
): pulumi.Output<string[]> {
  const base = pulumi.interpolate`${address}/${repository}`;
  return pulumi.all([base, tags]).apply(([name, all]) => all.map((tag) => `${name}:${tag}`));
}
