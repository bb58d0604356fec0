import { randomUUID } from "node:crypto";
import { digestOf } from "../../provider/oci/digest";
import { mediaTypes } from "../../provider/oci/mediaTypes";

/** A request whose body has been read. */
export interface TinyRequest {
  readonly method: string;
  /** With the scheme and host that the client used. */
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** An answer; `body` is also that of a HEAD, which must not be sent. */
export interface TinyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A registry without a network, with one state for all of its repositories. Tests fill and look at the maps. */
export interface TinyRegistry {
  /** By `repository@digest`. */
  readonly blobs: Map<string, Buffer>;
  /** By `repository@digest`. */
  readonly manifests: Map<string, { readonly mediaType: string; readonly bytes: Buffer }>;
  /** Digests by `repository:tag`. */
  readonly tags: Map<string, string>;
  /** By the digest that they refer to: pages of descriptors. */
  readonly referrers: Map<string, readonly (readonly object[])[]>;
  /** What the registry demands of every request outside of its token server; nothing at first. */
  authorization?: string;
  answer(request: TinyRequest): TinyAnswer;
}

/** The token that the registry's token server issues. */
export const tinyToken = "a-token-of-the-tiny-registry";

/** An empty registry, which follows the distribution specification in what it has. Its token server is at `/token`. */
export function tinyRegistry(): TinyRegistry {
  const uploads = new Map<string, Buffer>();
  const registry: TinyRegistry = {
    blobs: new Map(),
    manifests: new Map(),
    tags: new Map(),
    referrers: new Map(),
    answer(request) {
      const { pathname } = request.url;
      if (pathname === "/token") return json(200, { token: tinyToken });
      if (registry.authorization !== undefined && request.headers["authorization"] !== registry.authorization)
        return tinyChallenge(request);
      if (pathname === "/v2/") return empty(200);
      const [, repository = "", kind, reference = ""] = route.exec(pathname) ?? [];
      const one = { ...request, repository, reference };
      if (kind === "manifests") return answerManifest(registry, one);
      if (kind === "blobs/uploads") return answerUpload(registry, uploads, one);
      if (kind === "blobs") return answerBlob(registry, one);
      if (kind === "referrers") return answerReferrers(registry, one);
      if (kind === "tags") return answerTags(registry, one);
      return tinyError(404, "NAME_UNKNOWN");
    },
  };
  return registry;
}

const route = /^\/v2\/(.+?)\/(manifests|blobs\/uploads|blobs|referrers|tags)\/(.*)$/;

interface Routed extends TinyRequest {
  readonly repository: string;
  /** What follows the kind in the path. */
  readonly reference: string;
}

/** An answer with an error of the distribution specification. */
export function tinyError(status: number, code: string): TinyAnswer {
  return json(status, { errors: [{ code, message: `said by the tiny registry: ${status}` }] });
}

/** The answer to a request that lacks a token. */
export function tinyChallenge({ url }: TinyRequest): TinyAnswer {
  const refusal = tinyError(401, "UNAUTHORIZED");
  const challenge = `Bearer realm="${new URL("/token", url).href}",service="tiny"`;
  return { ...refusal, headers: { ...refusal.headers, "www-authenticate": challenge } };
}

function empty(status: number, headers: Readonly<Record<string, string>> = {}): TinyAnswer {
  return { status, headers, body: Buffer.alloc(0) };
}

function json(status: number, document: object): TinyAnswer {
  return { status, headers: { "content-type": "application/json" }, body: Buffer.from(JSON.stringify(document)) };
}

function answerManifest(registry: TinyRegistry, request: Routed): TinyAnswer {
  const { method, repository, reference, body } = request;
  const isTag = !reference.includes(":");
  const tag = `${repository}:${reference}`;
  const digest = isTag ? registry.tags.get(tag) : reference;
  const key = `${repository}@${digest}`;
  if (method === "PUT") {
    const written = digestOf(body);
    registry.manifests.set(`${repository}@${written}`, {
      mediaType: String(request.headers["content-type"]),
      bytes: body,
    });
    if (isTag) registry.tags.set(tag, written);
    return empty(201, { "docker-content-digest": written });
  }
  const manifest = registry.manifests.get(key);
  if (digest === undefined || manifest === undefined) return tinyError(404, "MANIFEST_UNKNOWN");
  if (method === "DELETE") {
    const gone = isTag ? [tag] : [...registry.tags].filter(([, at]) => at === digest).map(([name]) => name);
    for (const name of gone) registry.tags.delete(name);
    if (!isTag) registry.manifests.delete(key);
    return empty(202);
  }
  const headers = { "content-type": manifest.mediaType, "docker-content-digest": digest };
  return { status: 200, headers, body: manifest.bytes };
}

function answerBlob(registry: TinyRegistry, { repository, reference, headers }: Routed): TinyAnswer {
  const blob = registry.blobs.get(`${repository}@${reference}`);
  if (blob === undefined) return tinyError(404, "BLOB_UNKNOWN");
  const offset = Number(/^bytes=(\d+)-$/.exec(String(headers["range"]))?.[1] ?? 0);
  const common = { "content-type": "application/octet-stream", "docker-content-digest": reference };
  if (offset === 0) return { status: 200, headers: common, body: blob };
  const range = { "content-range": `bytes ${offset}-${blob.length - 1}/${blob.length}` };
  return { status: 206, headers: { ...common, ...range }, body: blob.subarray(offset) };
}

function answerUpload(registry: TinyRegistry, uploads: Map<string, Buffer>, request: Routed): TinyAnswer {
  const { method, url, repository, reference: id, body } = request;
  if (method === "POST") return startUpload(registry, uploads, repository, url.searchParams);
  const received = uploads.get(id);
  if (received === undefined) return tinyError(404, "BLOB_UPLOAD_UNKNOWN");
  const whole = Buffer.concat([received, body]);
  if (method === "PATCH") {
    uploads.set(id, whole);
    return empty(202, { location: url.pathname });
  }
  uploads.delete(id);
  if (method === "DELETE") return empty(204);
  const digest = url.searchParams.get("digest") ?? "";
  if (digestOf(whole) !== digest) return tinyError(400, "DIGEST_INVALID");
  registry.blobs.set(`${repository}@${digest}`, whole);
  return empty(201, { "docker-content-digest": digest });
}

function startUpload(
  registry: TinyRegistry,
  uploads: Map<string, Buffer>,
  repository: string,
  query: URLSearchParams,
): TinyAnswer {
  const digest = query.get("mount") ?? "";
  const blob = registry.blobs.get(`${query.get("from")}@${digest}`);
  if (blob !== undefined) {
    registry.blobs.set(`${repository}@${digest}`, blob);
    return empty(201, { "docker-content-digest": digest });
  }
  const id = randomUUID();
  uploads.set(id, Buffer.alloc(0));
  return empty(202, { location: `/v2/${repository}/blobs/uploads/${id}` });
}

/** Lists tags in pages of at most two. */
function answerTags(registry: TinyRegistry, { url, repository }: Routed): TinyAnswer {
  const prefix = `${repository}:`;
  const all = [...registry.tags.keys()]
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
  if (all.length === 0) return tinyError(404, "NAME_UNKNOWN");
  const rest = all.sort().filter((tag) => tag > (url.searchParams.get("last") ?? ""));
  const page = rest.slice(0, 2);
  const answer = json(200, { name: repository, tags: page });
  if (rest.length === page.length) return answer;
  return { ...answer, headers: { ...answer.headers, link: `<${url.pathname}?last=${page.at(-1)}>; rel="next"` } };
}

function answerReferrers(registry: TinyRegistry, { url, reference }: Routed): TinyAnswer {
  const pages = registry.referrers.get(reference) ?? [[]];
  const page = Number(url.searchParams.get("page") ?? 1);
  const answer = json(200, { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: pages[page - 1] ?? [] });
  const link = page < pages.length ? { link: `<${url.pathname}?page=${page + 1}>; rel="next"` } : {};
  return { ...answer, headers: { "content-type": mediaTypes.ociIndex, ...link } };
}
