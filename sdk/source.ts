import type * as pulumi from "@pulumi/pulumi";
import type { ImageReference } from "./imageReference";
import type { OptionalInput } from "./input";
import type { RegistryInput } from "./registryInput";

/** An image in an OCI layout folder, as `buildx --output type=oci,tar=false` or skopeo write it. */
export interface OciLayoutSourceArgs {
  /** The folder; relative to the program's folder. */
  ociLayout: pulumi.Input<string>;
  /** Which image: its `org.opencontainers.image.ref.name` or a digest. Default: the only one, or the platform's one. */
  reference?: OptionalInput<string>;
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
  reference?: OptionalInput<string>;
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
  registry?: RegistryInput | undefined;
  /** Whether the image's attestations (provenance, SBOM) come along. Default: `keep`. */
  attestations?: OptionalInput<"keep" | "drop">;
  /**
   * Whether what refers to the image and its attestations (signatures, SBOMs) comes along: `none` (default), `direct`, or
   * `recursive` with what refers to that; and what cosign keeps of them under tags of its own. What is new at the source is a change.
   */
  copyReferrers?: OptionalInput<"none" | "direct" | "recursive">;
}

/** One local file or folder of an image. */
export interface FileArgs {
  /** The local file or folder; relative to the program's folder. */
  path: pulumi.Input<string>;
  /**
   * Permission bits, for example 0o600. Default: 0755 for executables, scripts and folders, 0644 for others. Of a folder it
   * goes for the files in it; the folders in it can be searched by whom it lets read.
   */
  mode?: OptionalInput<number>;
  /** Owner. Default: 0. */
  uid?: OptionalInput<number>;
  /** Group. Default: 0. */
  gid?: OptionalInput<number>;
}

/** A base image on a registry that needs more than its reference. */
export interface ImageBaseArgs {
  /** `host/repository:tag`, `host/repository@digest`, or a resource. From an index the platform's image is picked. */
  image: ImageReference;
  /** How to reach that registry. Default: as its address says, with the environment's credentials. */
  registry?: RegistryInput | undefined;
}

/**
 * The part of the image's config that says how it runs. On a base image, members that are not given stay as the base has them, and so do
 * the base's volumes, stop signal, health check and shell.
 */
export interface ImageConfigArgs {
  /** Replaces the base's entrypoint and, unless `cmd` is given too, ends its cmd, as ENTRYPOINT in a Dockerfile does. */
  entrypoint?: OptionalInput<pulumi.Input<string>[]>;
  /** Replaces the base's cmd; an empty list ends it. */
  cmd?: OptionalInput<pulumi.Input<string>[]>;
  /**
   * Environment variables, beside the base's; those of the same name are replaced. A secret is refused: everyone who can pull
   * the image can read them.
   */
  env?: OptionalInput<Record<string, pulumi.Input<string>>>;
  /** The folder that the entrypoint starts in, absolute in the image. */
  workingDir?: OptionalInput<string>;
  /** `user[:group]`, names or numbers. */
  user?: OptionalInput<string>;
  /** Beside the base's; those of the same name are replaced. */
  labels?: OptionalInput<Record<string, pulumi.Input<string>>>;
  /** `port[/tcp|/udp]`, for example `8080/tcp`; beside the base's. */
  exposedPorts?: OptionalInput<pulumi.Input<string>[]>;
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
  base?: ImageReference | ImageBaseArgs | OciLayoutSourceArgs | undefined;
  /** How the image runs. */
  config?: OptionalInput<ImageConfigArgs>;
  /** Default: `gzip`. */
  compression?: OptionalInput<"gzip" | "none">;
}

/** Where one platform's image comes from. */
export type SourceArgs = OciLayoutSourceArgs | ArchiveSourceArgs | DaemonSourceArgs | ImageSourceArgs | FilesSourceArgs;
