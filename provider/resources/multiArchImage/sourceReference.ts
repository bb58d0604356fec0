import type { RegistryConnection } from "../../distribution/connection";
import { parseDigest } from "../../oci/digest";
import { parseReference, parseTag } from "../../oci/reference";
import { at, inputError } from "../properties/readers";
import type { Target } from "../properties/target";
import type { ReferencedImage } from "./inputs";

/** Where a referenced image is, and what names it there. */
export interface Located {
  readonly source: Target;
  readonly tagOrDigest: string;
}

/**
 * Finds out where a reference points: `:tag` and `@digest` into the index's own repository, everything else as
 * distribution/reference reads it.
 * @returns `undefined` when it points into a target that is not known yet.
 * @throws ERR_INPUT_INVALID with the image's path.
 */
export function locate(
  image: ReferencedImage,
  target: Target | undefined,
  sourceRegistries: readonly RegistryConnection[],
): Located | undefined {
  const { reference, path } = image;
  if (/^[:@]/.test(reference)) {
    const tagOrDigest = at(path, () => (reference[0] === ":" ? parseTag : parseDigest)(reference.slice(1)));
    return target && { source: target, tagOrDigest };
  }
  const { address, repository, tag, digest } = at(path, () => parseReference(reference));
  const tagOrDigest = digest ?? tag;
  if (tagOrDigest === undefined) {
    throw inputError(path, `${reference} names a whole repository; add a tag (${reference}:TAG) or a digest`);
  }
  return { source: { connection: connectionTo(target, sourceRegistries)(address), repository }, tagOrDigest };
}

/** How to reach registries: the target's connection serves its address, `sourceRegistries` theirs, the environment any other. */
export function connectionTo(
  target: Target | undefined,
  sourceRegistries: readonly RegistryConnection[],
): (address: string) => RegistryConnection {
  const known = target ? [target.connection, ...sourceRegistries] : sourceRegistries;
  return (address) => known.find((connection) => connection.address === address) ?? { address };
}
