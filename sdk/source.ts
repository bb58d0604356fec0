import type * as pulumi from "@pulumi/pulumi";
import * as outputs from "@pulumi/pulumi/output";
import { flattenReference, type ImageReference, isImageResource } from "./imageReference";
import type { RegistryInput } from "./registryInput";
import { flattenRegistry } from "./registryInput";

/** An image in an OCI layout folder, as `buildx --output type=oci,tar=false` or skopeo write it. */
export interface OciLayoutSourceArgs {
  /** The folder; relative to the program's folder. */
  ociLayout: pulumi.Input<string>;
  /** Which image: its `org.opencontainers.image.ref.name` or a digest. Default: the only one, or the platform's one. */
  reference?: pulumi.Input<string>;
}

/**
 * An image in an archive: an OCI archive (as `buildx --output type=oci` or `skopeo copy … oci-archive:` write it) or what
 * `docker save` and `podman save` write; as it is or compressed with gzip. An image that the archive has no manifest of, as
 * Docker wrote it before version 25, gets one in Docker's format, with its layers as they are.
 */
export interface ArchiveSourceArgs {
  /** The file; relative to the program's folder. */
  archive: pulumi.Input<string>;
  /** Which image: its name (`team/server:1.4.0`) or a digest. Default: the only one, or the platform's one. */
  reference?: pulumi.Input<string>;
}

/**
 * An image of this machine's Docker or Podman engine, found as the docker command finds it (DOCKER_HOST, docker's context, the
 * usual sockets). The engine gives images away only as a whole: every preview and every update reads all of the image, and
 * needs as much room in the folder for temporary files. An archive or an OCI layout costs less.
 */
export interface DaemonSourceArgs {
  /** The image's name or id there, for example `server:arm64`. */
  daemon: pulumi.Input<string>;
}

/** An image on a registry, for example one that was built and pushed elsewhere. */
export interface ImageSourceArgs {
  /** `host/repository:tag`, `host/repository@digest`, or a resource. From an index the platform's image is picked. */
  image: ImageReference;
  /** How to reach that registry. Default: as its address says, with the environment's credentials. */
  registry?: RegistryInput;
  /** Whether the image's attestations (provenance, SBOM) come along. Default: `keep`. */
  attestations?: pulumi.Input<"keep" | "drop">;
  /**
   * Whether what refers to the image and its attestations (signatures, SBOMs) comes along: `none` (default), `direct`, or
   * `recursive` with what refers to that; and what cosign keeps of them under tags of its own. What is new at the source is a change.
   */
  copyReferrers?: pulumi.Input<"none" | "direct" | "recursive">;
}

/** One local file or folder of an image. */
export interface FileArgs {
  /** The local file or folder; relative to the program's folder. */
  path: pulumi.Input<string>;
  /**
   * Permission bits, for example 0o600. Default: 0755 for executables, scripts and folders, 0644 for others. Of a folder it
   * goes for the files in it; the folders in it can be searched by whom it lets read.
   */
  mode?: pulumi.Input<number>;
  /** Owner. Default: 0. */
  uid?: pulumi.Input<number>;
  /** Group. Default: 0. */
  gid?: pulumi.Input<number>;
}

/** A base image on a registry that needs more than its reference. */
export interface ImageBaseArgs {
  /** `host/repository:tag`, `host/repository@digest`, or a resource. From an index the platform's image is picked. */
  image: ImageReference;
  /** How to reach that registry. Default: as its address says, with the environment's credentials. */
  registry?: RegistryInput;
}

/**
 * What the image's config says of how it runs. On a base image, what is not given here stays as the base has it, and so do
 * the base's volumes, stop signal, health check and shell.
 */
export interface ImageConfigArgs {
  /** Replaces the base's entrypoint and, unless `cmd` is given too, ends its cmd, as ENTRYPOINT in a Dockerfile does. */
  entrypoint?: pulumi.Input<pulumi.Input<string>[]>;
  /** Replaces the base's cmd; an empty list ends it. */
  cmd?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Environment variables, beside the base's; those of the same name are replaced. A secret is refused: everyone who can pull
   * the image can read them.
   */
  env?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  workingDir?: pulumi.Input<string>;
  /** `user[:group]`, names or numbers. */
  user?: pulumi.Input<string>;
  /** Beside the base's; those of the same name are replaced. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** `port[/tcp|/udp]`, for example `8080/tcp`; beside the base's. */
  exposedPorts?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * An image made of local files, reproducibly and without a daemon: the same files on the same base give the same digest
 * everywhere. The files make one layer. Its times are 1970 unless SOURCE_DATE_EPOCH says otherwise.
 */
export interface FilesSourceArgs {
  /**
   * Local files and folders by their absolute path in the image. A file is written where the base's links lead: `/bin/x` to
   * `/usr/bin/x` where `/bin` is a link; folders that the base has keep its mode and owner. A folder comes with everything in
   * it, symbolic links as links; one that leads out of the folder is refused unless it is absolute. Where a more
   * specific target names a file of a folder, it wins.
   */
  files: pulumi.Input<Record<string, pulumi.Input<string> | pulumi.Input<FileArgs>>>;
  /**
   * The image that the files are laid upon: a reference (`host/repository:tag`), a resource, `{image, registry}` or `{ociLayout}`. Its
   * layers, config and history stay. Default: none, and the image holds the files alone; a Windows image needs one. A tag
   * is looked at in every run, and what it names then is used: name a digest to stay on one base.
   */
  base?: ImageReference | ImageBaseArgs | OciLayoutSourceArgs;
  config?: pulumi.Input<ImageConfigArgs>;
  /** Default: `gzip`. */
  compression?: pulumi.Input<"gzip" | "none">;
}

/** Where one platform's image comes from. */
export type SourceArgs = OciLayoutSourceArgs | ArchiveSourceArgs | DaemonSourceArgs | ImageSourceArgs | FilesSourceArgs;

/** The inputs under which a source crosses to the provider. */
export function flattenSource(source: SourceArgs): pulumi.Inputs {
  if ("image" in source) return flattenImage(source);
  return "files" in source && source.base !== undefined ? { ...source, base: flattenBase(source.base) } : { ...source };
}

function flattenBase(base: NonNullable<FilesSourceArgs["base"]>): pulumi.Input<string> | pulumi.Inputs {
  if (typeof base === "string" || outputs.Output.isInstance(base) || base instanceof Promise) return base;
  if (isImageResource(base)) return base.ref;
  return "image" in base ? flattenImage(base) : { ...base };
}

/** The inputs under which an image on a registry crosses to the provider. */
export function flattenImage(source: ImageBaseArgs): pulumi.Inputs {
  const image = flattenReference(source.image);
  return { ...source, image, ...(source.registry !== undefined && { registry: flattenRegistry(source.registry) }) };
}

/** The references to images of registries that a source has. */
export function readReferences(source: SourceArgs): readonly unknown[] {
  if ("image" in source) return [source.image];
  const base = "files" in source ? source.base : undefined;
  return [typeof base === "object" && "image" in base ? base.image : base];
}

/** An input for the names of the environment variables that the program marked as secret, which the provider cannot tell. */
export function secretEnvironment(source: SourceArgs): pulumi.Inputs {
  const config = "files" in source ? source.config : undefined;
  return config === undefined ? {} : { secretEnvironment: secretsOf(config) };
}

async function secretsOf(config: NonNullable<FilesSourceArgs["config"]>): Promise<string[] | pulumi.Output<string[]>> {
  const env = isLater(config) ? outputs.output(config).apply(environmentOf) : environmentOf(config);
  if (isLater(env)) return secretNames(outputs.output(env));
  const names = Object.entries(env).map(async ([name, value]) =>
    (await outputs.isSecret(outputs.output(value))) ? [name] : [],
  );
  return (await Promise.all(names)).flat();
}

function environmentOf<T>({ env }: { readonly env?: T }): T | Record<string, never> {
  return env ?? {};
}

function isLater(value: unknown): value is pulumi.Output<unknown> | Promise<unknown> {
  return outputs.Output.isInstance(value) || value instanceof Promise;
}

/** All of them: of what comes as one output, nobody can say which part is secret. In a preview they may not be known yet. */
async function secretNames(env: pulumi.Output<unknown>): Promise<string[] | pulumi.Output<string[]>> {
  return (await outputs.isSecret(env)) ? outputs.unsecret(env.apply((values) => Object.keys(Object(values)))) : [];
}
