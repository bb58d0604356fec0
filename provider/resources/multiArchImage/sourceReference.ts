import type { RegistryConnection } from "../../distribution/connection";
import { parseDigest } from "../../oci/digest";
import { parseReference, parseTag } from "../../oci/reference";
import { refuseOtherConnection } from "../properties/connectionConflict";
import { at, inputError, memberPath } from "../properties/readers";
import { repositoryName, type Target } from "../properties/target";
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
  const listed = sourceRegistries.findIndex((connection) => connection.address === address);
  const connection = sourceRegistries[listed];
  if (target && connection)
    refuseOtherConnection(target, memberPath("sourceRegistries", listed), { connection, repository });
  return { source: placeOf(target, sourceRegistries)(address, repository), tagOrDigest };
}

/**
 * How to reach repositories: the target's connection serves its own, `sourceRegistries` all others at their addresses; where there
 * is none, the target's serves its address, and the environment any other.
 */
export function placeOf(
  target: Target | undefined,
  sourceRegistries: readonly RegistryConnection[],
): (address: string, repository: string) => Target {
  return (address, repository) => {
    const isOwn = target !== undefined && repositoryName(target) === `${address}/${repository}`;
    const known = [...(isOwn ? [] : sourceRegistries), ...(target ? [target.connection] : [])];
    return { connection: known.find((connection) => connection.address === address) ?? { address }, repository };
  };
}
