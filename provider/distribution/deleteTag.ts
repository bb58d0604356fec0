import { hasRegistryCode, hasStatus, messageOf } from "../errors";
import { isAbsence } from "./absence";
import { explainingLocks } from "./locks";
import { headersOnly } from "./operation";
import { manifestUrl, untagScope } from "./repositoryAccess";
import { type KeptTag, kept, reasonToSpare, type TagRemoval } from "./tagRemoval";
import { untagUrl } from "./untagApi";

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
  const url = untagUrl(access, tag) ?? manifestUrl(access, tag);
  const request = { method: "DELETE", url, scopes: untagScope(access), answers: [200, 202, 204] } as const;
  try {
    return await explainingLocks(access, tag, () =>
      access.operations.retry(async (send, attempt) => {
        const spared = attempt > 1 ? await reasonToSpare(removal, tag, expected, send) : undefined;
        if (spared === "moved") return "moved";
        if (spared === undefined) await send(request, headersOnly);
        access.replicas.removed(tag);
        return "untagged";
      }),
    );
  } catch (error) {
    if (isRefusal(error)) return kept(messageOf(error));
    if (isAbsence("manifest", error)) return "absent";
    if (!hasStatus(error, 404)) throw error;
    // The route itself may be unknown.
    return (await reasonToSpare(removal, tag, expected)) ?? kept(messageOf(error));
  }
}

function isRefusal(error: unknown): boolean {
  if (hasStatus(error, 405)) return true;
  return hasStatus(error, 400) && (hasRegistryCode(error, "UNSUPPORTED") || hasRegistryCode(error, "DIGEST_INVALID"));
}
