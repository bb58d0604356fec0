import { hasCode, ProviderError, type RegistryErrorEntry } from "../errors";
import { readBody } from "../http/body";
import type { HttpResponse, Method } from "../http/message";
import { isRetryable } from "../http/retry";
import { redactUrl } from "../http/url";
import { answerText, errorBodyLimit, parseErrorEntries } from "./registryError";

/** The kind of thing that a URL stands for: it decides which codes of a registry say that the thing is not there. */
export type Sought = "manifest" | "blob" | "repository";

// TAG_UNKNOWN is Azure's, NOT_FOUND Harbor's; the others are the specification's.
const codes: Readonly<Record<Sought, readonly string[]>> = {
  manifest: ["MANIFEST_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND", "TAG_UNKNOWN"],
  blob: ["BLOB_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND"],
  repository: ["NAME_UNKNOWN", "NOT_FOUND"],
};

/**
 * Whether a registry itself says that what was sought is not there. A 404 without these words may come from anything that
 * stands in front of the registry: it is doubt.
 * @param errors - the entries of the 404's body.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes
 */
export function saysAbsent(sought: Sought, errors: readonly RegistryErrorEntry[]): boolean {
  return errors.some(({ code }) => codes[sought].includes(code));
}

/** Whether an error is a 404 in which the registry itself says that what was sought is not there. */
export function isAbsence(sought: Sought, error: unknown): boolean {
  return hasCode(error, "ERR_REGISTRY") && error.details.status === 404 && saysAbsent(sought, error.details.errors);
}

/**
 * Reads a 404 to its end, and returns when the registry itself says that what was sought is not there.
 * @param sought - what it is, its `name` for the message, and the method that it was asked for by; default: GET.
 * @throws ERR_ABSENCE_UNCONFIRMED when the answer does not say so.
 */
export async function confirmAbsence(
  response: HttpResponse,
  sought: { readonly kind: Sought; readonly name: string; readonly method?: Method },
): Promise<void> {
  const { kind, name, method = "GET" } = sought;
  const errors = parseErrorEntries(await readBody(response, errorBodyLimit, "error").catch(withoutBody));
  if (saysAbsent(kind, errors)) return;
  const url = redactUrl(response.url);
  throw new ProviderError(
    "ERR_ABSENCE_UNCONFIRMED",
    `${method} ${url}: ${response.status} ${answerText(response.status, errors)}. This does not tell whether ${name} is there: the registry ` +
      `itself would say ${codes[kind][0]}. Check the registry's address and the proxies before it, then try again.`,
    { reference: name, url },
  );
}

/** A page of any length is no error of a registry; one that breaks off is worth another request. */
function withoutBody(failure: unknown): Uint8Array {
  if (isRetryable(failure)) throw failure;
  return new Uint8Array();
}

/**
 * Whether a failed HEAD leaves the question to a GET. Registries, and what stands before them, refuse HEAD in many ways, and a
 * HEAD's 404 cannot say whose it is.
 */
export function isLeftToGet(error: unknown): boolean {
  return (hasCode(error, "ERR_REGISTRY") && !isRetryable(error)) || hasCode(error, "ERR_AUTH");
}
