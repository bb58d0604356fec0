import type { RegistryConnection } from "../distribution/connection";
import type { BlobContent, ManifestContent, RegistryClient } from "../distribution/repository";
import type { RequestWatch } from "../http/watchedTransport";
import type { Platform } from "../oci/platform";

/** A local file or folder that goes into an image: its path alone, or with what would otherwise be decided for it. */
export type FileEntry =
  | string
  | {
      /** The local file or folder; relative to the program's folder. */
      readonly path: string;
      /**
       * Permission bits, for example 0o750. Default: 0755 for executables and folders, 0644 for others. Of a folder it goes for
       * the files in it; the folders in it can be searched by whom it lets read.
       */
      readonly mode?: number;
      /** Owner, default 0. */
      readonly uid?: number;
      /** Group, default 0. */
      readonly gid?: number;
    };

/**
 * The part of an image's config that a program decides.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties
 */
export interface FilesConfig {
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  /** Environment variables by name. Anyone who can pull the image can read them. */
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  /** `user[:group]`, names or numbers. */
  readonly user?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** `port[/tcp|/udp]`, for example `8080/tcp`. */
  readonly exposedPorts?: readonly string[];
}

/** What files are laid upon: an image on a registry (a text is its reference), or in an OCI layout folder. */
export type BaseSource = string | Pick<ImageSource, "image" | "registry"> | OciLayoutSource;

/** An image made of local files, on a base image or on nothing. */
export interface FilesSource {
  /** Local files and folders by their absolute path in the image. */
  readonly files: Readonly<Record<string, FileEntry>>;
  /** Default: none; the image then holds the files alone. */
  readonly base?: BaseSource;
  readonly config?: FilesConfig;
  /** How the layer is compressed; default `gzip`. */
  readonly compression?: "gzip" | "none";
}

/** An image in an OCI layout folder. */
export interface OciLayoutSource {
  /** The folder; relative to the program's folder. */
  readonly ociLayout: string;
  /** Which image: its `org.opencontainers.image.ref.name`, or a digest. Default: the only one, or the platform's one. */
  readonly reference?: string;
}

/** An image in an archive: an OCI archive, or what `docker save` writes; as it is or compressed with gzip. */
export interface ArchiveSource {
  /** The file; relative to the program's folder. */
  readonly archive: string;
  /** Which image: its name, or a digest. Default: the only one, or the platform's one. */
  readonly reference?: string;
}

/** An image of the Docker or Podman engine of this machine. */
export interface DaemonSource {
  /** The image's name or id there. */
  readonly daemon: string;
}

/** An image on a registry. */
export interface ImageSource {
  /** A reference with a tag or digest; without either, `latest`. */
  readonly image: string;
  /** How to reach its registry. Default: as its address says, with the environment's credentials. */
  readonly registry?: RegistryConnection;
  /** Whether an index's attestations of the image come along; default `keep`. */
  readonly attestations?: "keep" | "drop";
  /** Whether what refers to the image and its attestations comes along; default `none`. */
  readonly copyReferrers?: "none" | "direct" | "recursive";
}

/** Where one platform's image comes from. */
export type Source = OciLayoutSource | ArchiveSource | DaemonSource | FilesSource | ImageSource;

/** What sources need of the world. */
export interface SourceWorld {
  /** The process's environment variables; SOURCE_DATE_EPOCH is looked at, and what says where the engine listens. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  registry(connection: RegistryConnection): RegistryClient;
  /** What relative local paths resolve against; absolute. */
  readonly directory: string;
  /** Watches the requests to an engine. */
  readonly watch?: RequestWatch;
}

/** A blob of a resolved image, and where on a registry it already is. */
export interface SourceBlob extends BlobContent {
  /** A repository that holds it: the target may mount it instead of receiving it, when it is on the same registry. */
  readonly location?: { readonly address: string; readonly repository: string };
}

/** One manifest with all that it needs beside it in a repository. */
export interface ResolvedManifest {
  readonly manifest: ManifestContent;
  /** Layers first, then the config: the order of pushing. */
  readonly blobs: readonly SourceBlob[];
}

/** One platform's image: everything known of it without having read its layers. */
export interface ResolvedImage extends ResolvedManifest {
  readonly configDigest: string;
  /** What the image's config says of its platform, literally; absent for artifacts without a platform. */
  readonly configPlatform?: Platform;
  /** Digests of the layers, base first. */
  readonly layers: readonly string[];
  /** Attestation manifests that came along with the image (BuildKit's scheme). */
  readonly attestations: readonly ResolvedManifest[];
  /**
   * The platforms that the headers of the source's own executables tell, by the key of `source.files` and the local path;
   * only for `files`.
   */
  readonly executables?: readonly { readonly path: string; readonly file: string; readonly platform: Platform }[];
}
