import type { HttpResponse } from "../http/message";
import { confirmAbsence, isLeftToGet } from "./absence";
import { requireDigest } from "./contentDigest";
import { headersOnly, type Send } from "./operation";
import { nameOf, pullScope, type RepositoryAccess, repositoryUrl } from "./repositoryAccess";

/**
 * Looks at a blob with one HEAD.
 * @returns whether that found it; where it did not, the blob may be there all the same.
 */
export async function seesBlob(send: Send, access: RepositoryAccess, digest: string): Promise<boolean> {
  const head = { method: "HEAD", ...blobAt(access, digest), answers: [200] } as const;
  try {
    const { headers } = await send(head, headersOnly);
    requireDigest(headers, digest, `HEAD ${nameOf(access, digest)}`);
    return true;
  } catch (error) {
    if (isLeftToGet(error)) return false;
    throw error;
  }
}

/**
 * Whether a blob is there: one HEAD, and a GET of its first byte where that did not find it.
 * @throws ERR_ABSENCE_UNCONFIRMED when it is neither found nor said to be absent.
 */
export async function isBlobThere(send: Send, access: RepositoryAccess, digest: string): Promise<boolean> {
  if (await seesBlob(send, access, digest)) return true;
  const headers = { range: "bytes=0-0" };
  // 416: an empty blob has no first byte.
  const get = { method: "GET", ...blobAt(access, digest), answers: [200, 206, 404, 416], headers } as const;
  return send(get, (response) => isFound(response, nameOf(access, digest)));
}

async function isFound(response: HttpResponse, name: string): Promise<boolean> {
  if (response.status === 404) {
    await confirmAbsence(response, { kind: "blob", name });
    return false;
  }
  // A registry may ignore the range and send everything.
  if (response.status === 200) response.body.destroy();
  else await headersOnly(response);
  return true;
}

function blobAt(access: RepositoryAccess, digest: string) {
  return { url: repositoryUrl(access, `blobs/${digest}`), scopes: pullScope(access) };
}
