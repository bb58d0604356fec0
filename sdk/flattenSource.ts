import type * as pulumi from "@pulumi/pulumi";
import * as outputs from "@pulumi/pulumi/output";
import type { ConnectionArgs } from "./connection";
import { flattenReference, type ImageReference, isImageResource } from "./imageReference";
import { isFields, isLater, type OptionalInput } from "./input";
import { flattenRegistry } from "./registryInput";
import type { FilesSourceArgs, ImageBaseArgs, SourceArgs } from "./source";

/** Where an image's own repository is, and how to reach it: `:tag` and `@digest` refer to it. */
export interface OwnRepository {
  /** The resource that is put there, for errors. */
  readonly title: string;
  /** How to reach its registry. */
  readonly registry: ConnectionArgs;
  /** Without the registry's address. */
  readonly repository: pulumi.Input<string>;
}

/**
 * The inputs under which a source crosses to the provider. What is no source crosses as it is, for check to refuse.
 * @param own - the repository that the image is put into.
 */
export function flattenSource(source: SourceArgs | ImageReference, own: OwnRepository): pulumi.Input<unknown> {
  if (typeof source === "string" || isLater(source)) return flattenImage({ image: source }, own, "source");
  if (isImageResource(source)) return { image: source.ref };
  if (!isFields(source)) return source;
  if ("image" in source) return flattenImage(source, own, "source");
  return "files" in source && source.base !== undefined
    ? { ...source, base: flattenBase(source.base, own) }
    : { ...source };
}

function flattenBase(base: NonNullable<FilesSourceArgs["base"]>, own: OwnRepository): pulumi.Input<unknown> {
  if (typeof base === "string") return isOwn(base) ? flattenImage({ image: base }, own, basePath) : base;
  if (isImageResource(base)) return base.ref;
  if (!isFields(base)) return base;
  return "image" in base ? flattenImage(base, own, basePath) : { ...base };
}

const basePath = "source.base";

/** The inputs under which an image on a registry crosses to the provider. @param path - the image's, for errors. */
function flattenImage({ image, registry, ...others }: ImageBaseArgs, own: OwnRepository, path: string): pulumi.Inputs {
  const reference = flattenReference(image);
  const isOwnOne = isLater(reference) ? outputs.output(reference).apply(isOwn) : isOwn(reference);
  const reach =
    registry === undefined ? ownConnection(isOwnOne, own) : flattenRegistry(registry, `${own.title}: ${path}.registry`);
  return { ...others, image: inRepository(reference, own), ...(reach !== undefined && { registry: reach }) };
}

function isOwn(reference: unknown): boolean {
  return typeof reference === "string" && /^[:@]/.test(reference);
}

/** Only an image of the same repository is reached as that is. */
function ownConnection(
  isOwnOne: boolean | pulumi.Output<boolean>,
  { registry }: OwnRepository,
): OptionalInput<ConnectionArgs> {
  if (typeof isOwnOne === "boolean") return isOwnOne ? registry : undefined;
  return isOwnOne.apply((own) => (own ? outputs.output(registry) : undefined));
}

/** A reference with `:tag` and `@digest` written out. */
function inRepository(reference: pulumi.Input<string>, { registry, repository }: OwnRepository): pulumi.Input<string> {
  const { address } = registry;
  const whole = (text: string) => outputs.interpolate`${address}/${repository}${text}`;
  if (isLater(reference))
    return outputs.output(reference).apply((text) => (isOwn(text) ? whole(text) : outputs.output(text)));
  if (!isOwn(reference)) return reference;
  const isKnown = typeof address === "string" && typeof repository === "string";
  return isKnown ? `${address}/${repository}${reference}` : whole(reference);
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

/** All of them: of what comes as one output, nobody can say which part is secret. In a preview they may not be known yet. */
async function secretNames(env: pulumi.Output<unknown>): Promise<string[] | pulumi.Output<string[]>> {
  return (await outputs.isSecret(env)) ? outputs.unsecret(env.apply((values) => Object.keys(Object(values)))) : [];
}
