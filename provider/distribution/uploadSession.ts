import { hasCode, hasStatus } from "../errors";
import type { HttpResponse, RequestBody } from "../http/message";
import { redactUrl, resolveLocation } from "../http/url";
import { invalidContent } from "../oci/json";
import type { Scope } from "./authorization";
import { contentDigest, requireDigest } from "./contentDigest";
import { headersOnly, type Send, successes } from "./operation";
import { nameOf, pushScope, type RepositoryAccess, repositoryUrl } from "./repositoryAccess";

/** A registry's readiness to receive one blob. */
export interface UploadSession {
  readonly url: URL;
  /** What the session was opened with: its requests need no other token. */
  readonly scopes: readonly Scope[];
  /** The least size of a chunk in bytes, 0 when the registry does not say; the last chunk may be smaller. */
  readonly minChunkBytes: number;
}

/**
 * Mounts a blob, or opens a session to upload it.
 * @param mountFrom - another repository of the registry that may have the blob. Where the registry does not let us mount
 * from there, and without one, the repository itself is named: the answer tells whether the blob is there already. Where that is
 * refused, too, a session is opened without a mount, and later uploads to the repository begin with that.
 * @returns `undefined` when the blob is in the repository now.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#mounting-a-blob-from-another-repository
 */
export async function startUpload(
  send: Send,
  access: RepositoryAccess,
  digest: string,
  mountFrom: string | undefined,
): Promise<UploadSession | undefined> {
  const others = mountFrom === undefined || mountFrom === access.name ? [] : [mountFrom];
  // Some registries answer 404 to the mount of a blob that they do not have.
  for (const from of [...others, ...(access.known.refusesMounts ? [] : [access.name])]) {
    const answer = await postUpload(send, access, digest, from).catch((error: unknown) => {
      if (hasStatus(error, 400, 404, 405)) return "refused" as const;
      // The rights on the repository itself are needed in any case.
      if (from === access.name || (!hasStatus(error, 401, 403) && !hasCode(error, "ERR_AUTH"))) throw error;
      return "refused" as const;
    });
    if (answer !== "refused") return answer;
    if (from === access.name) access.known.refusesMounts = true;
  }
  return postUpload(send, access, digest, undefined);
}

/** @param from - the repository to mount from; `undefined` for a session without a mount. */
async function postUpload(
  send: Send,
  access: RepositoryAccess,
  digest: string,
  from: string | undefined,
): Promise<UploadSession | undefined> {
  const own = pushScope(access);
  const isOther = from !== undefined && from !== access.name;
  const scopes: readonly Scope[] = isOther ? [...own, { repository: from, actions: ["pull"] }] : own;
  const url = repositoryUrl(access, "blobs/uploads/");
  if (from !== undefined) url.search = `mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`;
  return send({ method: "POST", url, scopes, answers: successes }, async (response) => {
    const { status, headers } = await headersOnly(response);
    if (status === 201) {
      requireDigest(headers, digest, `POST ${nameOf(access, digest)}`);
      return undefined;
    }
    return { url: sessionUrl(response), scopes, minChunkBytes: minChunkBytesOf(headers) };
  });
}

/**
 * Sends the whole blob, which ends the session.
 * @returns whether the registry says beyond doubt that the blob is there.
 */
export async function putBlob(send: Send, session: UploadSession, digest: string, body: RequestBody): Promise<boolean> {
  const { scopes } = session;
  const url = new URL(session.url);
  // Appended as text: the registry's own parameters have to come back byte for byte.
  url.search = `${url.search === "" ? "?" : `${url.search}&`}digest=${encodeURIComponent(digest)}`;
  const headers = { "content-type": "application/octet-stream" };
  const answer = await send({ method: "PUT", url, scopes, answers: successes, headers, body }, headersOnly);
  requireDigest(answer.headers, digest, `PUT ${redactUrl(url)}`);
  return answer.status === 201 || contentDigest(answer.headers) === digest;
}

/**
 * Sends one chunk.
 * @param offset - how many bytes of the blob were sent before.
 * @returns the session as the next request has to use it.
 */
export async function patchBlob(
  send: Send,
  session: UploadSession,
  chunk: Uint8Array,
  offset: number,
): Promise<UploadSession> {
  const { url, scopes } = session;
  const headers = {
    "content-type": "application/octet-stream",
    "content-range": `${offset}-${offset + chunk.length - 1}`,
  };
  return send({ method: "PATCH", url, scopes, answers: successes, headers, body: chunk }, async (response) => {
    const { headers: answered } = await headersOnly(response);
    // Without a Location the session goes on at the same one.
    return answered["location"] ? { ...session, url: sessionUrl(response) } : session;
  });
}

/** Tells the registry that a session is not needed any more. Registries forget it by themselves, only later: no error counts. */
export async function cancelUpload(send: Send, { url, scopes }: UploadSession): Promise<void> {
  await send({ method: "DELETE", url, scopes, answers: [200, 202, 204, 404] }, headersOnly).catch(() => {});
}

function sessionUrl({ url, headers }: HttpResponse): URL {
  const { location } = headers;
  if (location === undefined || location === "") {
    throw invalidContent(`${url.origin}${url.pathname}`, "was answered without the Location to upload to");
  }
  return resolveLocation(url, location);
}

/** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-in-chunks */
function minChunkBytesOf(headers: HttpResponse["headers"]): number {
  const value = headers["oci-chunk-min-length"] ?? "";
  return /^\d{1,15}$/.test(value) ? Number(value) : 0;
}
