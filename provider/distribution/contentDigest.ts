import { ProviderError } from "../errors";
import type { HttpResponse } from "../http/message";
import { digestAlgorithm, isDigest } from "../oci/digest";

/**
 * The digest that a registry names in an answer.
 * @returns `undefined` without the header, or when it holds no digest of a supported algorithm.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
 */
export function contentDigest(headers: HttpResponse["headers"]): string | undefined {
  const digest = headers["docker-content-digest"];
  return digest !== undefined && isDigest(digest) ? digest : undefined;
}

/**
 * Refuses an answer that names another digest than the one that was asked for or sent. Blobs and manifests may be served without
 * the header, and under a digest of another algorithm: then there is nothing to compare.
 * @param tried - the request, for the message: `HEAD localhost:5000/team/server@sha256:…`.
 * @throws ERR_DIGEST_MISMATCH.
 */
export function requireDigest(headers: HttpResponse["headers"], expected: string, tried: string): void {
  const actual = contentDigest(headers);
  if (actual === undefined || actual === expected || digestAlgorithm(actual) !== digestAlgorithm(expected)) return;
  const message = `${tried}: the registry says that this is ${actual}. It is not used; ask the registry's operator.`;
  throw new ProviderError("ERR_DIGEST_MISMATCH", message, { expected, actual });
}
