import type * as pulumi from "@pulumi/pulumi";
import { createUrn } from "@pulumi/pulumi/resource";

/**
 * The URN that a resource is going to have. A dynamic provider is not told of it, and without it what it tells the user would
 * stand at the stack. A promise, because an output would make the resource depend on its parent's other children.
 * @param type - the resource's own type.
 */
export function resourceUrn(type: string, name: string, { parent }: pulumi.ResourceOptions = {}): Promise<string> {
  const urn = createUrn(name, type, parent);
  return new Promise((resolve) => {
    urn.apply(resolve);
  });
}
