import { messageOf, ProviderError } from "../errors";

// All others are taken for secrets: storage services sign their URLs in many dialects.
const harmlessParameters = new Set([
  "account",
  "artifactType",
  "client_id",
  "digest",
  "from",
  "last",
  "mount",
  "n",
  "scope",
  "service",
]);

/**
 * A URL as text fit for messages: no user info, no fragment, and `[redacted]` for the value of every query parameter that is
 * not known to be harmless.
 */
export function redactUrl(url: URL): string {
  const parameters = [...url.searchParams].map(
    ([name, value]) => `${name}=${harmlessParameters.has(name) ? value : "[redacted]"}`,
  );
  const query = parameters.length === 0 ? "" : `?${parameters.join("&")}`;
  return `${url.protocol}//${url.host}${url.pathname}${query}`;
}

/** Whether {@link redactUrl} hides the value of a query parameter. */
export function hasHiddenParameters(url: URL): boolean {
  return [...url.searchParams.keys()].some((name) => !harmlessParameters.has(name));
}

/** A URL's host name or address; an IPv6 address without its brackets, as look-ups and `isIP` want it. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

/** Whether two URLs have the same scheme, host and port (a scheme's default port equals none). */
export function sameOrigin(a: URL, b: URL): boolean {
  return a.protocol === b.protocol && a.host === b.host;
}

/**
 * The absolute URL that a Location header (or a Link) means.
 * @param base - the URL of the request that was answered with it.
 * @param location - the header's value, absolute or relative.
 * @returns a URL without fragment; its origin may be another one: see {@link sameOrigin}.
 * @throws ERR_ADDRESS_REFUSED for what is no URL, is neither http nor https, carries user info, or leaves https for http.
 */
export function resolveLocation(base: URL, location: string): URL {
  const refuse = (reason: string, cause?: unknown) =>
    new ProviderError(
      "ERR_ADDRESS_REFUSED",
      `${redactUrl(base)} points to ${reason}; this is not followed. Ask the operator of ${base.host}.`,
      { url: redactUrl(base) },
      { cause },
    );
  let url: URL;
  try {
    url = new URL(location, base);
  } catch (cause) {
    throw refuse(`something that is no URL (${messageOf(cause)})`, cause);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refuse(`a ${url.protocol} URL`);
  if (url.username !== "" || url.password !== "") throw refuse("a URL with user info");
  if (base.protocol === "https:" && url.protocol === "http:") throw refuse(`${redactUrl(url)}, without TLS`);
  url.hash = "";
  return url;
}
