import { hasRegistryCode, hasStatus, messageOf } from "../errors";
import { isAbsence } from "./absence";
import { headersOnly, type Operation } from "./operation";
import { manifestUrl, type RepositoryAccess } from "./repositoryAccess";
import { type KeptTag, kept, reasonToSpare, type TagRemoval } from "./tagRemoval";

/**
 * Sends the DELETE of a tag that was at `expected` a moment ago, and looks again before it sends it once more.
 * @returns a kept tag when the registry cannot delete it; then it is as it was.
 * @throws for every other failure.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#deleting-tags
 */
export async function deleteTag(
  removal: TagRemoval,
  tag: string,
  expected: string,
): Promise<"untagged" | "absent" | "moved" | KeptTag> {
  const { access } = removal;
  try {
    return await access.profile.explaining(access, tag, () =>
      access.operations.retry(async (send, attempt) => {
        const spared = attempt > 1 ? await reasonToSpare(removal, tag, expected, send) : undefined;
        if (spared === "moved") return "moved";
        if (spared === undefined) await send(deletion(access, tag), headersOnly);
        access.replicas.removed(tag);
        return "untagged";
      }),
    );
  } catch (error) {
    const outcome = outcomeOf(error);
    if (outcome !== "unclear") return outcome;
    return (await reasonToSpare(removal, tag, expected)) ?? kept(messageOf(error));
  }
}

/**
 * Sends the DELETE of a tag that does not exist.
 * @param tag - unlike any that exists.
 * @returns a kept tag when the registry deletes no tags, as far as this tells.
 * @throws for every other failure.
 */
export async function deleteAbsentTag({ access }: TagRemoval, tag: string): Promise<"absent" | KeptTag> {
  try {
    await access.operations.send(deletion(access, tag), headersOnly);
    return "absent";
  } catch (error) {
    const outcome = outcomeOf(error);
    return outcome === "unclear" ? kept(messageOf(error)) : outcome;
  }
}

function deletion(access: RepositoryAccess, tag: string): Operation {
  const { profile, name } = access;
  const url = profile.untagUrl?.(access, tag) ?? manifestUrl(access, tag);
  return { method: "DELETE", url, scopes: profile.untagScope(name), answers: [200, 202, 204] };
}

/**
 * Outcome of a DELETE that failed; `unclear` for a 404 that the registry itself did not send, because the route may be unknown.
 * @throws the error when it is neither a refusal nor a 404.
 */
function outcomeOf(error: unknown): "absent" | "unclear" | KeptTag {
  if (isRefusal(error)) return kept(messageOf(error));
  if (!hasStatus(error, 404)) throw error;
  return isAbsence("manifest", error) ? "absent" : "unclear";
}

function isRefusal(error: unknown): boolean {
  if (hasStatus(error, 405, 409, 412)) return true;
  return hasStatus(error, 400) && (hasRegistryCode(error, "UNSUPPORTED") || hasRegistryCode(error, "DIGEST_INVALID"));
}
