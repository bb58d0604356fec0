import { mediaTypes } from "../../provider/oci/mediaTypes";
import { type TinyAnswer, type TinyRegistry, type TinyRequest, tinyError } from "./tinyRegistry";

/** Ways of registries other than the specification's, which no registry that runs in CI has. None is set at first. */
export interface TinyQuirks {
  /** HEAD of a manifest or blob is answered so, though GET finds it. */
  readonly headManifest?: 400 | 401 | 403 | 404 | 405 | 501;
  readonly headBlob?: 400 | 401 | 403 | 404 | 405 | 501;
  /** The status of an answer for which the specification says 201. */
  readonly created?: 200 | 202 | 204;
  /** A mount from the repository itself is answered 404. */
  readonly ownMountAbsent?: true;
  /** PUT of a manifest in Docker's format (zot). */
  readonly dockerTypes?: 415;
  /** PUT of a manifest with a subject (GitLab). */
  readonly subject?: 400;
  /** The answer to a manifest of which content is missing. */
  readonly missingChild?: "400 MANIFEST_INVALID" | "400 BLOB_UNKNOWN" | "404 MANIFEST_UNKNOWN" | "404 BLOB_UNKNOWN";
  /** DELETE of a manifest that an index lists. */
  readonly refusesListedChild?: "405 DENIED" | "409 MANIFEST_REFERENCED" | "412 PRECONDITION";
  /** A page of tags larger than this is refused (distribution 3.1.0). */
  readonly tagsLimit?: number;
  /** The Link header has no brackets (Cloudflare). */
  readonly linkWithoutBrackets?: true;
  /** The fallback tag of a manifest names the manifest itself (gitlab.com). */
  readonly fallbackTagIsSubject?: true;
  /** Every 404 is a page for people. */
  readonly page404?: true;
}

/** Answers as a registry with these quirks. */
export function answerWith(quirks: TinyQuirks, registry: TinyRegistry, request: TinyRequest): TinyAnswer {
  const answer = refusalOf(quirks, request) ?? registry.answer(redirected(quirks, request));
  if (quirks.page404 && answer.status === 404)
    return { status: 404, headers: { "content-type": "text/html" }, body: Buffer.from("<h1>404 page not found</h1>") };
  const { link } = answer.headers;
  if (quirks.linkWithoutBrackets && link !== undefined)
    return { ...answer, headers: { ...answer.headers, link: link.replace(/[<>]/g, "") } };
  return quirks.created !== undefined && answer.status === 201 && request.method === "PUT"
    ? { ...answer, status: quirks.created, headers: {} }
    : answer;
}

function refusalOf(quirks: TinyQuirks, { method, url, headers, body }: TinyRequest): TinyAnswer | undefined {
  const [, kind] = /\/(manifests|blobs)\/[^/]*$/.exec(url.pathname) ?? [];
  const { headManifest, headBlob, tagsLimit } = quirks;
  if (method === "HEAD" && kind === "manifests" && headManifest) return tinyError(headManifest, "UNSUPPORTED");
  if (method === "HEAD" && kind === "blobs" && headBlob) return tinyError(headBlob, "UNSUPPORTED");
  if (method === "POST" && quirks.ownMountAbsent && url.searchParams.has("mount"))
    return tinyError(404, "BLOB_UNKNOWN");
  if (tagsLimit !== undefined && Number(url.searchParams.get("n") ?? 0) > tagsLimit)
    return tinyError(400, "PAGINATION_NUMBER_INVALID");
  if (method === "DELETE" && kind === "manifests" && quirks.refusesListedChild) return error(quirks.refusesListedChild);
  if (method !== "PUT" || kind !== "manifests") return undefined;
  const isDocker = headers["content-type"] === mediaTypes.dockerManifest;
  if (quirks.dockerTypes && isDocker) return tinyError(quirks.dockerTypes, "MANIFEST_INVALID");
  if (quirks.subject && body.includes('"subject"')) return tinyError(quirks.subject, "MANIFEST_BLOB_UNKNOWN");
  return quirks.missingChild && error(quirks.missingChild);
}

function redirected({ fallbackTagIsSubject }: TinyQuirks, request: TinyRequest): TinyRequest {
  if (!fallbackTagIsSubject || request.method === "PUT") return request;
  const href = request.url.href.replace(/\/manifests\/sha256-([a-f0-9]{64})$/, "/manifests/sha256:$1");
  return { ...request, url: new URL(href) };
}

function error(text: string): TinyAnswer {
  const [status, code = ""] = text.split(" ");
  return tinyError(Number(status), code);
}
