import type { Platform } from "./platform";

/**
 * A content descriptor.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md
 */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:…` or `sha512:…` of the content's bytes. */
  readonly digest: string;
  /** The content's size in bytes. */
  readonly size: number;
  readonly urls?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** Base64 of the content. */
  readonly data?: string;
  readonly platform?: Platform;
  readonly artifactType?: string;
}
