import type * as pulumi from "@pulumi/pulumi";
import * as outputs from "@pulumi/pulumi/output";

/** The outputs of a resource that name its manifest. */
interface NamedManifest {
  /** Without the registry's address. */
  readonly repository: pulumi.Output<string>;
  /** The manifest's or index's. */
  readonly digest: pulumi.Output<string>;
}

/** `host/repository@digest`. @param address - the registry's. */
export function digestReference(
  address: pulumi.Input<string>,
  { repository, digest }: NamedManifest,
): pulumi.Output<string> {
  return outputs.interpolate`${address}/${repository}@${digest}`;
}

/** `host/repository:tag` for each tag. @param address - the registry's. */
export function tagReferences(
  address: pulumi.Input<string>,
  { repository, tags }: Pick<NamedManifest, "repository"> & { readonly tags: pulumi.Output<string[]> },
): pulumi.Output<string[]> {
  const base = outputs.interpolate`${address}/${repository}`;
  return outputs.all([base, tags]).apply(([name, all]) => all.map((tag) => `${name}:${tag}`));
}

/** `host/repository@digest` of each platform's image. @param address - the registry's. */
export function platformReferences(
  address: pulumi.Input<string>,
  index: Pick<NamedManifest, "repository"> & { readonly platforms: pulumi.Output<Record<string, string>> },
): pulumi.Output<Record<string, string>> {
  const base = outputs.interpolate`${address}/${index.repository}`;
  return outputs
    .all([base, index.platforms])
    .apply(([name, platforms]) =>
      Object.fromEntries(Object.entries(platforms).map(([platform, digest]) => [platform, `${name}@${digest}`])),
    );
}
