import * as pulumi from "@pulumi/pulumi";
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
  /** `host/repository:tag` or `host/repository@digest`. From an index the platform's image is picked. */
  image: pulumi.Input<string>;
  /** How to reach that registry. Default: as its address says, with the environment's credentials. */
  registry?: RegistryInput;
  /** Whether the image's attestations (provenance, SBOM) come along. Default: `keep`. */
  attestations?: pulumi.Input<"keep" | "drop">;
}

/** One local file of an image. */
export interface FileArgs {
  /** The local file; relative to the program's folder. */
  path: pulumi.Input<string>;
  /** Permission bits, for example 0o600. Default: 0755 for executables and scripts, 0644 for others. */
  mode?: pulumi.Input<number>;
  /** Owner. Default: 0. */
  uid?: pulumi.Input<number>;
  /** Group. Default: 0. */
  gid?: pulumi.Input<number>;
}

/** What the image's config says of how it runs. */
export interface ImageConfigArgs {
  entrypoint?: pulumi.Input<pulumi.Input<string>[]>;
  cmd?: pulumi.Input<pulumi.Input<string>[]>;
  /** Environment variables. A secret is refused: everyone who can pull the image can read them. */
  env?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  workingDir?: pulumi.Input<string>;
  /** `user[:group]`, names or numbers. */
  user?: pulumi.Input<string>;
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** `port[/tcp|/udp]`, for example `8080/tcp`. */
  exposedPorts?: pulumi.Input<pulumi.Input<string>[]>;
}

/** An image made of local files, reproducibly and without a daemon: the same files give the same digest everywhere. */
export interface FilesSourceArgs {
  /** Local files by their absolute path in the image. */
  files: pulumi.Input<Record<string, pulumi.Input<string> | pulumi.Input<FileArgs>>>;
  config?: pulumi.Input<ImageConfigArgs>;
  /** Default: `gzip`. */
  compression?: pulumi.Input<"gzip" | "none">;
}

/** Where one platform's image comes from. */
export type SourceArgs = OciLayoutSourceArgs | ArchiveSourceArgs | DaemonSourceArgs | ImageSourceArgs | FilesSourceArgs;

/** The inputs under which a source crosses to the provider. */
export function flattenSource(source: SourceArgs): pulumi.Inputs {
  return "image" in source && source.registry !== undefined
    ? { ...source, registry: flattenRegistry(source.registry) }
    : { ...source };
}

/** Names of the environment variables that the program marked as secret; the provider cannot tell, so it is told. */
export async function secretEnvironment(source: SourceArgs): Promise<string[] | pulumi.Output<string[]>> {
  const config = "files" in source ? source.config : undefined;
  if (config === undefined) return [];
  const env = isLater(config) ? pulumi.output(config).apply(environmentOf) : environmentOf(config);
  if (isLater(env)) return secretNames(pulumi.output(env));
  const names = Object.entries(env).map(async ([name, value]) =>
    (await pulumi.isSecret(pulumi.output(value))) ? [name] : [],
  );
  return (await Promise.all(names)).flat();
}

function environmentOf<T>({ env }: { readonly env?: T }): T | Record<string, never> {
  return env ?? {};
}

function isLater(value: unknown): value is pulumi.Output<unknown> | Promise<unknown> {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** All of them: of what comes as one output, nobody can say which part is secret. In a preview they may not be known yet. */
async function secretNames(env: pulumi.Output<unknown>): Promise<string[] | pulumi.Output<string[]>> {
  return (await pulumi.isSecret(env)) ? pulumi.unsecret(env.apply((values) => Object.keys(Object(values)))) : [];
}
