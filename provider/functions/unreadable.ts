import { hasCode } from "../errors";

/**
 * The reason why content of other tools cannot be read, for a listing that goes on without it.
 * @throws the error when it is not about the content: the registry may answer better the next time.
 */
export function problemOf(error: unknown): { readonly problem: string } {
  if (
    hasCode(error, "ERR_CONTENT_INVALID") ||
    hasCode(error, "ERR_CONTENT_TOO_LARGE") ||
    hasCode(error, "ERR_DIGEST_MISMATCH") ||
    hasCode(error, "ERR_DIGEST_INVALID") ||
    hasCode(error, "ERR_MEDIA_TYPE_UNSUPPORTED") ||
    hasCode(error, "ERR_NOT_FOUND")
  )
    return { problem: error.message };
  throw error;
}
