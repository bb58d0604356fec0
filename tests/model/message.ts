import type { Method } from "../../provider/http/message";

/** Of two stacks, which one a process works for. */
export type StackName = "us" | "them";

/** Who sends a request: the provider for one of the stacks, or anybody else who has rights on the registry. */
export type Author = StackName | "stranger";

/** A request whose body has been read. */
export interface ModelRequest {
  readonly by: Author;
  /** The number of the process that sends it; 0 for a stranger. */
  readonly process: number;
  /** The engine's call that it is part of, for example `create server`; empty when nobody knows. */
  readonly call: string;
  readonly method: Method;
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An answer; `body` is also that of a HEAD, which must not be sent. */
export interface ModelAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a request is about. */
export interface Route {
  readonly repository: string;
  readonly kind: "manifests" | "blobs/uploads" | "blobs" | "referrers" | "tags" | "none";
  /** A tag, a digest or a session; empty where there is none. */
  readonly reference: string;
}

const path = /^\/v2\/(.+?)\/(manifests|blobs\/uploads|blobs|referrers|tags)\/(.*)$/;

/** Takes the path of a URL apart. */
export function routeOf({ pathname }: URL): Route {
  const [, repository = "", kind, reference = ""] = path.exec(pathname) ?? [];
  if (kind === "tags") return { repository, kind, reference: "" };
  const isKnown = kind === "manifests" || kind === "blobs/uploads" || kind === "blobs" || kind === "referrers";
  return isKnown ? { repository, kind, reference } : { repository: "", kind: "none", reference: "" };
}

/** The request in a line, for people and for what waits for it: `PUT team/app:1.0`, `HEAD team/app@sha256:0123456789ab`. */
export function labelOf({ method, url }: Pick<ModelRequest, "method" | "url">): string {
  const { repository, kind, reference } = routeOf(url);
  const name = reference.includes(":") ? `@${shortDigest(reference)}` : `:${reference}`;
  if (kind === "manifests") return `${method} ${repository}${name}`;
  if (kind === "tags") return `${method} ${repository} tags`;
  if (kind === "referrers") return `${method} ${repository} referrers ${shortDigest(reference)}`;
  if (kind === "blobs") return `${method} ${repository} blob ${shortDigest(reference)}`;
  const digest = url.searchParams.get("mount") ?? url.searchParams.get("digest") ?? "";
  return kind === "none" ? `${method} ${url.pathname}` : `${method} ${repository} upload ${shortDigest(digest)}`;
}

/** Whether a request can change what a registry holds. */
export function isWriting({ method }: Pick<ModelRequest, "method">): boolean {
  return method !== "GET" && method !== "HEAD";
}

/** A digest that people can tell from the others of one history. */
export function shortDigest(digest: string): string {
  return digest.slice(0, "sha256:".length + 12);
}
