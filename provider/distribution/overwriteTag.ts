import { randomUUID } from "node:crypto";
import { hasCode, hasStatus, messageOf, ProviderError } from "../errors";
import { digestOf } from "../oci/digest";
import { isAbsence } from "./absence";
import { deleteTag } from "./deleteTag";
import { headersOnly } from "./operation";
import { encodePlaceholder } from "./placeholder";
import { deletePlaceholder, findPlaceholder, type StandingPlaceholder } from "./placeholders";
import type { ManifestContent, UntagResult } from "./repository";
import { deleteScope, manifestUrl, nameOf, type RepositoryAccess } from "./repositoryAccess";
import { kept, reasonToSpare, type TagRemoval } from "./tagRemoval";

/**
 * Asks for the deletion of a manifest that cannot exist, to learn whether one that does could be deleted.
 * Where deleting is off or not allowed, a tag must not be overwritten: it would stay overwritten.
 */
export async function isDeletingOn(access: RepositoryAccess): Promise<boolean> {
  const url = manifestUrl(access, digestOf(Buffer.from(randomUUID())));
  const answers = [200, 202, 204, 400, 403, 405, 501];
  const request = { method: "DELETE", url, scopes: deleteScope(access), answers } as const;
  try {
    await access.operations.send(request, headersOnly);
    return false;
  } catch (error) {
    if (isAbsence("manifest", error)) return true;
    if (hasStatus(error, 401, 404) || hasCode(error, "ERR_AUTH")) return false;
    throw error;
  }
}

/**
 * Removes a tag from a registry whose DELETE takes manifests with all their tags: moves the tag to a placeholder made for it and
 * deletes that. In between, readers of the tag get the placeholder, an index without entries. When the process ends there, or
 * fails twice, {@link finishRemoval} of a later one ends it.
 * @param content - manifest that the tag must be at, and goes back to when the deletion fails.
 */
export async function overwriteTag(removal: TagRemoval, tag: string, content: ManifestContent): Promise<UntagResult> {
  const spared = await reasonToSpare(removal, tag, content.descriptor.digest);
  if (spared !== undefined) return spared;
  const { access, placeholders } = removal;
  const { digest } = content.descriptor;
  const placeholder = encodePlaceholder({ operation: "removal", repository: access.name, tag, digest });
  const way = { tag, placeholder: placeholder.descriptor.digest, content };
  placeholders.underway.add(way.placeholder);
  try {
    await removal.putManifest(tag, placeholder, content.descriptor);
    const taken = await reasonToSpare(removal, tag, way.placeholder);
    // 404 is not good enough here: it was there a moment ago, and the tag may still name it.
    await deletePlaceholder(access, way.placeholder, [200, 202, 204]);
    return taken === "moved" ? "moved" : "untagged";
  } catch (error) {
    return await settle(removal, way, error);
  } finally {
    placeholders.underway.delete(way.placeholder);
  }
}

/**
 * Ends the removal that a placeholder under a tag stands for: deletes the placeholder, and the tag with it. Where that is
 * refused, puts back what the tag named before.
 * @returns `undefined` when the tag is at no placeholder: then nothing was done.
 */
export async function finishRemoval(removal: TagRemoval, tag: string): Promise<UntagResult | undefined> {
  const standing = await findPlaceholder(removal, tag);
  if (standing === undefined) return undefined;
  removal.placeholders.met.delete(tag);
  const placeholder = standing.digestOfPlaceholder;
  try {
    await deletePlaceholder(removal.access, placeholder);
    // Some registries leave a tag whose manifest is deleted.
    return (await reasonToSpare(removal, tag, placeholder)) === undefined
      ? await deleteTag(removal, tag, placeholder)
      : "untagged";
  } catch (error) {
    return settle(removal, { tag, placeholder, content: await replacedContent(removal, standing) }, error);
  }
}

function replacedContent({ getManifest }: TagRemoval, { digest }: StandingPlaceholder) {
  return digest === undefined ? undefined : getManifest(digest);
}

/** A removal half way. */
interface Halfway {
  readonly tag: string;
  /** Digest of the placeholder. */
  readonly placeholder: string;
  /** Manifest that the tag named before; absent when that is lost, or there was none. */
  readonly content: ManifestContent | undefined;
}

/** After a failure half way: makes sure that the tag does not stay at the placeholder. */
async function settle(removal: TagRemoval, halfway: Halfway, failure: unknown): Promise<UntagResult> {
  const { tag, placeholder, content } = halfway;
  const name = nameOf(removal.access, tag);
  const current = await removal.lookAtManifest(removal.access.operations.send, tag);
  if (current === undefined) return "untagged";
  if (current.digest === content?.descriptor.digest) {
    if (hasCode(failure, "ERR_TAG_IMMUTABLE") || hasStatus(failure, 400, 405, 409, 412, 415)) {
      return kept(messageOf(failure));
    }
    throw failure;
  }
  if (current.digest !== placeholder) return "moved";
  if (content === undefined)
    return kept(`${name} names an empty index, and what it named before is gone. ${messageOf(failure)}`);
  if (!(await putBack(removal, tag, { content, placeholder, failure }))) return "moved";
  return kept(`${name} could not be removed and is what it was. ${messageOf(failure)}`);
}

/** @returns whether the tag is what it was; another writer may have come first. */
async function putBack(
  { access, putManifest }: TagRemoval,
  tag: string,
  back: { readonly content: ManifestContent; readonly placeholder: string; readonly failure: unknown },
): Promise<boolean> {
  const { content, placeholder, failure } = back;
  const { digest } = content.descriptor;
  try {
    await putManifest(tag, content, { digest: placeholder });
    return true;
  } catch (cause) {
    if (hasCode(cause, "ERR_TAG_CONFLICT")) return false;
    const message =
      `${nameOf(access, tag)} now names an empty index: removing the tag failed (${messageOf(failure)}), and so did putting ` +
      `${digest} back (${messageOf(cause)}). Run the same command again to finish the removal, or delete the tag at the registry.`;
    throw new ProviderError("ERR_TAG_CONFLICT", message, { tag, digest }, { cause });
  }
}
