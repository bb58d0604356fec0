import { asDigest } from "./descriptor";
import { arrayOf, asObject, optionalField, parseJson } from "./json";
import type { Platform } from "./platform";
import { readPlatform } from "./platformFields";

const configLimit = 4 * 1024 * 1024;

/**
 * What an image's config says that matters here.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties
 */
export interface ImageConfig {
  /** Literally as the config has it; where it has only one of os and architecture, the other is the empty text. */
  readonly platform?: Platform;
  /** Digests of the uncompressed layers, base first; empty when the config has none. */
  readonly diffIds: readonly string[];
}

/**
 * Parses an image's config, in OCI or Docker format. The bytes are not verified: that is the digest's matter.
 * @param bytes - as received.
 * @param what - names the content in messages: `config of localhost:5000/team/server:1.4.0`.
 * @throws ERR_CONTENT_TOO_LARGE over 4 MiB.
 * @throws ERR_CONTENT_INVALID for anything that is not a config, naming the wrong field's path.
 */
export function parseImageConfig(bytes: Uint8Array, what: string): ImageConfig {
  const config = asObject(parseJson(bytes, what, configLimit), `${what}:`);
  const platform = readPlatform(config);
  const rootfs = optionalField(config, "rootfs", asObject);
  const diffIds = rootfs === undefined ? [] : (optionalField(rootfs, "diff_ids", arrayOf(asDigest)) ?? []);
  return { diffIds, ...(platform && { platform }) };
}
