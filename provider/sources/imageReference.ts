import type { RegistryConnection } from "../distribution/connection";
import { hasCode, ProviderError } from "../errors";
import { parseReference, type Reference } from "../oci/reference";
import type { ImageSource } from "./source";

/** Where a reference points: a manifest of a repository, and how to get there. */
export interface ImageLocation {
  readonly connection: RegistryConnection;
  readonly repository: string;
  /** What names the manifest there. */
  readonly tagOrDigest: string;
}

/**
 * Finds out where `source.image` points; without tag and digest, to `latest`. Nothing is asked of the registry.
 * @throws ERR_INPUT_INVALID with the path `source.image`, or `source.registry` when that is another registry.
 */
export function locateImage({ image, registry }: Pick<ImageSource, "image" | "registry">): ImageLocation {
  const { address, repository, tag, digest } = readReference(image);
  const connection = registry ?? { address };
  if (connection.address !== address) {
    const message = `source.image is on ${address}, but source.registry is ${connection.address}. Give the registry of the image, or leave source.registry out.`;
    throw new ProviderError("ERR_INPUT_INVALID", message, { path: "source.registry" });
  }
  return { connection, repository, tagOrDigest: digest ?? tag ?? "latest" };
}

function readReference(text: string): Reference {
  try {
    return parseReference(text);
  } catch (error) {
    if (!hasCode(error, "ERR_REFERENCE_INVALID")) throw error;
    throw new ProviderError("ERR_INPUT_INVALID", error.message, { path: "source.image" }, { cause: error });
  }
}
