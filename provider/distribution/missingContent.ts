import { hasCode, type ProviderError } from "../errors";

// MANIFEST_BLOB_UNKNOWN is the specification's; Cloudflare says BLOB_UNKNOWN, ggcr MANIFEST_UNKNOWN, zot MANIFEST_INVALID.
const codes: readonly string[] = ["MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN", "MANIFEST_UNKNOWN", "MANIFEST_INVALID"];

/**
 * Whether a registry may have refused the PUT of a manifest because content that the manifest names is missing. Registries say so in
 * many ways, and in some of them also other things: the content is worth one look.
 */
export function mayMissContent(error: unknown): error is ProviderError<"ERR_REGISTRY"> {
  if (!hasCode(error, "ERR_REGISTRY") || error.details.method !== "PUT") return false;
  const { status, errors } = error.details;
  // ocimem gives no code.
  if (status === 500) return errors.some(({ message = "" }) => /not found|unknown/i.test(message));
  return [400, 404].includes(status) && errors.some(({ code }) => codes.includes(code));
}
