import type { BlobContent, ManifestContent } from "../distribution/repository";
import type { Platform } from "../oci/platform";

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
  /** The platforms that the headers of the source's executables tell, by target path; only for `files`. */
  readonly executables?: readonly { readonly path: string; readonly platform: Platform }[];
}
