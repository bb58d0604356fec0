import type { IncomingMessage } from "node:http";
import type { Right } from "./acrAnswers";

/** A request to the front, taken apart. */
export interface AcrRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** What a token must allow for it; none for `/v2/`. */
  readonly rights: readonly Right[];
  readonly manifest?: { readonly repository: string; readonly reference: string };
  readonly blob?: { readonly repository: string; readonly digest: string };
  readonly metadata?: {
    readonly repository: string;
    readonly kind: "_tags" | "_manifests" | undefined;
    readonly reference: string | undefined;
  };
}

/** Takes a request apart. The scopes are those of the recordings (`pull`, `push`, `delete`, `metadata_read`) and of acr-cli. */
export function parseRequest({ method = "", url = "/" }: IncomingMessage): AcrRequest {
  const { pathname: path, searchParams: query } = new URL(url, "http://localhost");
  const common = { method, path, query };
  const metadata = /^\/acr\/v1\/(.+?)(?:\/(_tags|_manifests)(?:\/([^/]+))?)?$/.exec(path);
  if (metadata !== null) return metadataRequest(common, metadata);
  // Microsoft's own client encodes the slashes of names here too.
  const v2 = /^\/v2\/(.+)\/(manifests|blobs|tags|referrers)\/(.*)$/.exec(decodeURIComponent(path));
  const [, repository, kind, reference = ""] = v2 ?? [];
  if (repository === undefined) return { ...common, rights: [] };
  const isUpload = reference.startsWith("uploads/");
  return {
    ...common,
    rights: [{ repository, action: actionOf(method, kind === "manifests") }, ...mountRights(query)],
    ...(kind === "manifests" && { manifest: { repository, reference } }),
    ...(kind === "blobs" && !isUpload && { blob: { repository, digest: reference } }),
  };
}

function metadataRequest(common: Pick<AcrRequest, "method" | "path" | "query">, match: RegExpExecArray): AcrRequest {
  const [repository = "", kind, reference] = match.slice(1).map((part) => part && decodeURIComponent(part));
  const action = common.method === "GET" ? "metadata_read" : "metadata_write";
  return {
    ...common,
    rights: [{ repository, action }],
    metadata: { repository, kind: kind === "_tags" || kind === "_manifests" ? kind : undefined, reference },
  };
}

function actionOf(method: string, isManifest: boolean): string {
  if (method === "GET" || method === "HEAD") return "pull";
  return method === "DELETE" && isManifest ? "delete" : "push";
}

/** A mount reads another repository. */
function mountRights(query: URLSearchParams): readonly Right[] {
  const from = query.get("from");
  return from === null ? [] : [{ repository: from, action: "pull" }];
}
