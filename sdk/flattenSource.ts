import type * as pulumi from "@pulumi/pulumi";
import * as outputs from "@pulumi/pulumi/output";
import { flattenReference, type ImageReference, isImageResource } from "./imageReference";
import { isFields, isLater } from "./input";
import { flattenRegistry } from "./registryInput";
import type { FilesSourceArgs, ImageBaseArgs, SourceArgs } from "./source";

/**
 * The inputs under which a source crosses to the provider: resources in it as references, registries as connections. What is no source
 * crosses as it is, for check to refuse.
 * @param title - the resource's, for errors.
 */
export function flattenSource(source: SourceArgs | ImageReference, title: string): pulumi.Input<unknown> {
  if (isImageResource(source)) return source.ref;
  if (!isFields(source)) return source;
  if ("image" in source) return flattenImage(source, `${title}: source`);
  return "files" in source && source.base !== undefined
    ? { ...source, base: flattenBase(source.base, `${title}: source.base`) }
    : { ...source };
}

function flattenBase(base: NonNullable<FilesSourceArgs["base"]>, at: string): pulumi.Input<unknown> {
  if (isImageResource(base)) return base.ref;
  return isFields(base) && "image" in base ? flattenImage(base, at) : base;
}

function flattenImage({ image, registry, ...others }: ImageBaseArgs, at: string): pulumi.Inputs {
  const reach = registry === undefined ? {} : { registry: flattenRegistry(registry, `${at}.registry`) };
  return { ...others, image: flattenReference(image), ...reach };
}

/** The references to images of registries that a source has. */
export function readReferences(source: SourceArgs | ImageReference): readonly unknown[] {
  if (!isFields(source) || isImageResource(source)) return [source];
  if ("image" in source) return [source.image];
  const base = "files" in source ? source.base : undefined;
  return [isFields(base) && "image" in base ? base.image : base];
}

/** An input for the names of the environment variables that the program marked as secret, which the provider cannot tell. */
export function secretEnvironment(source: SourceArgs | ImageReference): pulumi.Inputs {
  const config = isFields(source) && "files" in source ? source.config : undefined;
  return isFields(config) || isLater(config) ? { secretEnvironment: secretsOf(config) } : {};
}

async function secretsOf(config: NonNullable<FilesSourceArgs["config"]>): Promise<string[] | pulumi.Output<string[]>> {
  const env = isLater(config)
    ? outputs.output(config).apply((known) => environmentOf(known ?? {}))
    : environmentOf(config);
  if (isLater(env)) return secretNames(outputs.output(env));
  const names = Object.entries(env).map(async ([name, value]) =>
    (await outputs.isSecret(outputs.output(value))) ? [name] : [],
  );
  return (await Promise.all(names)).flat();
}

function environmentOf<T>({ env }: { readonly env?: T | undefined }): T | Record<string, never> {
  return env ?? {};
}

/** All of them: a single output does not tell which of its parts is secret. In a preview they may not be known yet. */
async function secretNames(env: pulumi.Output<unknown>): Promise<string[] | pulumi.Output<string[]>> {
  return (await outputs.isSecret(env)) ? outputs.unsecret(env.apply((values) => Object.keys(Object(values)))) : [];
}
