import type * as pulumi from "@pulumi/pulumi";
import { warn } from "@pulumi/pulumi/log";

/** Says so when a program gives a resource an option that dynamic providers never hear of. */
export function warnOfLostOptions(
  resource: pulumi.Resource,
  { replaceOnChanges }: pulumi.CustomResourceOptions = {},
): void {
  if (replaceOnChanges === undefined || replaceOnChanges.length === 0) return;
  const message =
    "replaceOnChanges has no effect on this resource: Pulumi does not tell dynamic providers of it. " +
    "Only another registry address or repository replaces it; `pulumi up --replace URN` does so once.";
  void warn(message, resource);
}
