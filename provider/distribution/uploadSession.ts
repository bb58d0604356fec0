import { hasCode, hasStatus } from "../errors";
import type { HttpResponse, RequestBody } from "../http/message";
import { redactUrl, resolveLocation } from "../http/url";
import { invalidContent } from "../oci/json";
import type { Scope } from "./authorization";
import { requireDigest } from "./contentDigest";
import { headersOnly, type Send } from "./operation";
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
 * from there, and without one, the repository itself is named: the answer tells whether the blob is there already.
 * @returns `undefined` when the blob is in the repository now.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#mounting-a-blob-from-another-repository
 */
export async function startUpload(
  send: Send,
  access: RepositoryAccess,
  digest: string,
  mountFrom: string | undefined,
): Promise<UploadSession | undefined> {
  if (mountFrom === undefined || mountFrom === access.name) return postUpload(send, access, digest, access.name);
  try {
    return await postUpload(send, access, digest, mountFrom);
  } catch (error) {
    if (!hasStatus(error, 400, 401, 403, 404, 405) && !hasCode(error, "ERR_AUTH")) throw error;
    return postUpload(send, access, digest, access.name);
  }
}

async function postUpload(
  send: Send,
  access: RepositoryAccess,
  digest: string,
  from: string,
): Promise<UploadSession | undefined> {
  const own = pushScope(access);
  const scopes: readonly Scope[] = from === access.name ? own : [...own, { repository: from, actions: ["pull"] }];
  const url = repositoryUrl(access, "blobs/uploads/");
  url.search = `mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`;
  return send({ method: "POST", url, scopes, answers: [201, 202] }, async (response) => {
    const { status, headers } = await headersOnly(response);
    if (status === 201) {
      requireDigest(headers, digest, `POST ${nameOf(access, digest)}`);
      return undefined;
    }
    return { url: sessionUrl(response), scopes, minChunkBytes: minChunkBytesOf(headers) };
  });
}

/** Sends the whole blob, which ends the session. */
export async function putBlob(send: Send, session: UploadSession, digest: string, body: RequestBody): Promise<void> {
  const { scopes } = session;
  const url = new URL(session.url);
  // Appended as text: the registry's own parameters have to come back byte for byte.
  url.search = `${url.search === "" ? "?" : `${url.search}&`}digest=${encodeURIComponent(digest)}`;
  const headers = { "content-type": "application/octet-stream" };
  const answer = await send({ method: "PUT", url, scopes, answers: [201], headers, body }, headersOnly);
  requireDigest(answer.headers, digest, `PUT ${redactUrl(url)}`);
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
  return send({ method: "PATCH", url, scopes, answers: [202], headers, body: chunk }, async (response) => {
    await headersOnly(response);
    return { ...session, url: sessionUrl(response) };
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
