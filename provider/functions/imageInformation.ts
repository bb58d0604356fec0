import type { Descriptor } from "../oci/descriptor";

/** The parts of one platform's image, as its manifest lists them. */
export interface ImageParts {
  /** Sum of the config's and the layers' sizes in bytes, compressed as they are in the registry. */
  readonly size: number;
  readonly config: Descriptor;
  /** Base first. */
  readonly layers: readonly Descriptor[];
}

/** One platform's image. Its parts are absent when the index names a manifest that the repository does not have. */
export interface PlatformInformation extends Partial<ImageParts> {
  /** Digest of the platform's manifest. */
  readonly digest: string;
  /** The manifest's descriptor; literally as the index has it, if there is one. */
  readonly descriptor: Descriptor;
  /** The reason why the manifest cannot be read: then its parts are absent. */
  readonly problem?: string;
}

/** One attestation manifest (BuildKit's scheme) of an index. */
export interface AttestationInformation {
  /** Digest of the attestation manifest. */
  readonly digest: string;
  /** Digest of the image's manifest that it is about; absent when it does not say. */
  readonly subject?: string;
  /** That image's key in `platforms`; absent when the index has no such image. */
  readonly platform?: string;
  /** The attestation manifest's descriptor, literally as the index has it. */
  readonly descriptor: Descriptor;
}

/**
 * What a reference names. Plain data: it survives JSON, and `multiarch inspect --json` prints it.
 * The parts are those of an image manifest, and absent for an index.
 */
export interface ImageInformation extends Partial<ImageParts> {
  /** The reference in full, with the tag or digest that was looked up. */
  readonly reference: string;
  /** Media type, digest and size in bytes of the manifest or index. */
  readonly descriptor: Descriptor;
  /**
   * The images by platform (`os[(version)]/architecture[/variant]`), in the index's order. Of an image manifest: itself, under
   * the platform that its config states. Of two images for one platform the first is here, as runtimes choose.
   */
  readonly platforms: Readonly<Record<string, PlatformInformation>>;
  /** In the index's order; empty for an image manifest. */
  readonly attestations: readonly AttestationInformation[];
  /** The index's other descriptors: without a known platform, nested indexes, a further image for a platform. */
  readonly others: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
  /** The reason why the config of an image manifest cannot be read: then its platform is not known. */
  readonly problem?: string;
  /** The text of the manifest or index, as the registry holds it. */
  readonly manifest: string;
}
