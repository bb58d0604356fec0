import { randomUUID } from "node:crypto";
import { hasCode, hasStatus, messageOf, ProviderError } from "../errors";
import { digestOf } from "../oci/digest";
import { mediaTypes } from "../oci/mediaTypes";
import { isAbsence } from "./absence";
import { headersOnly } from "./operation";
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
 * Removes a tag from a registry that deletes manifests only, with all their tags: moves the tag to an empty index made for it
 * and deletes that. In between, whoever reads the tag gets the empty index.
 * @param content - what the tag must be at, and where it goes back to when the deletion fails.
 */
export async function overwriteTag(removal: TagRemoval, tag: string, content: ManifestContent): Promise<UntagResult> {
  const spared = await reasonToSpare(removal, tag, content.descriptor.digest);
  if (spared !== undefined) return spared;
  const placeholder = emptyIndex();
  try {
    await removal.putManifest(tag, placeholder, content.descriptor);
    const taken = await reasonToSpare(removal, tag, placeholder.descriptor.digest);
    await deletePlaceholder(removal.access, placeholder.descriptor.digest);
    return taken === "moved" ? "moved" : "untagged";
  } catch (error) {
    return settle(removal, tag, content, placeholder.descriptor.digest, error);
  }
}

function emptyIndex(): ManifestContent {
  const mediaType = mediaTypes.ociIndex;
  const annotations = { "org.opencontainers.image.description": `Stands for a tag being removed (${randomUUID()}).` };
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests: [], annotations }));
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}

async function deletePlaceholder(access: RepositoryAccess, digest: string): Promise<void> {
  const url = manifestUrl(access, digest);
  // 404 is not good enough here: it was there a moment ago, and the tag may still name it.
  await access.operations.send(
    { method: "DELETE", url, scopes: deleteScope(access), answers: [200, 202, 204] },
    headersOnly,
  );
}

/** After a failure on the way: makes sure that the tag does not stay at the placeholder. */
async function settle(
  removal: TagRemoval,
  tag: string,
  content: ManifestContent,
  placeholder: string,
  failure: unknown,
): Promise<UntagResult> {
  const current = await removal.lookAtManifest(removal.access.operations.send, tag);
  if (current === undefined) return "untagged";
  if (current.digest === content.descriptor.digest) {
    if (hasCode(failure, "ERR_TAG_IMMUTABLE") || hasStatus(failure, 400, 405, 409, 412, 415)) {
      return kept(messageOf(failure));
    }
    throw failure;
  }
  if (current.digest !== placeholder) return "moved";
  if (!(await putBack(removal, tag, { content, placeholder, failure }))) return "moved";
  return kept(`${nameOf(removal.access, tag)} could not be removed and is what it was. ${messageOf(failure)}`);
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
      `${digest} back (${messageOf(cause)}). Put it back, or delete the tag at the registry.`;
    throw new ProviderError("ERR_TAG_CONFLICT", message, { tag, digest }, { cause });
  }
}
