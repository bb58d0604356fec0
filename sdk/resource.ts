import type * as pulumi from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/pulumi/resource";
import { dependingOn, notePushedTags, type ProgramPlace } from "./programTags";
import { withoutPromiseStacks } from "./promiseStacks";
import { type HandlerName, providerText } from "./provider";
import { warnOfLostOptions } from "./resourceOptions";
import { resourceUrn } from "./resourceUrn";

/** The kinds of resource that the provider has, as states name them. */
type Kind = Capitalize<HandlerName>;

/** Everything that a resource is registered with. */
export interface Registration {
  /** As they cross to the provider: resources among them are flattened. */
  readonly inputs: pulumi.Inputs;
  /** The names of all outputs that no input has. */
  readonly outputs: readonly string[];
  /** The repository that it writes to, and the tags there; absent for a resource without a repository. */
  readonly place?: ProgramPlace & { readonly tags: unknown };
  /** The references that it reads. */
  readonly reads?: readonly unknown[];
}

/** A resource that this package's dynamic provider manages. */
export abstract class ProviderResource extends CustomResource {
  /**
   * Registers the resource with the provider's handler.
   * @param kind - the name under which states know it.
   */
  protected constructor(
    kind: Kind,
    name: string,
    { inputs, outputs, place, reads = [] }: Registration,
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    const type = `pulumi-nodejs:dynamic/multiarch:${kind}`;
    const undefinedOutputs = Object.fromEntries(outputs.map((output) => [output, undefined]));
    const props = {
      __provider: providerText(handlers[kind]),
      // Before the inputs: an output among the arguments is refused by check, not lost.
      ...undefinedOutputs,
      ...inputs,
      resourceUrn: resourceUrn(type, name, opts),
    };
    const stacks = withoutPromiseStacks();
    try {
      super(type, name, props, place === undefined ? opts : dependingOn(opts, reads, place));
    } catch (error) {
      throw stacks.addTo(error);
    } finally {
      stacks.resume();
    }
    if (place !== undefined) notePushedTags(this, place, place.tags);
    warnOfLostOptions(this, opts);
  }
}

const handlers: Readonly<Record<Kind, HandlerName>> = {
  Registry: "registry",
  PlatformImage: "platformImage",
  MultiArchImage: "multiArchImage",
  ImportedImage: "importedImage",
  AcrRun: "acrRun",
};
