import { ProviderError } from "../errors";
import { discardBody } from "./body";
import type { HttpRequest, HttpResponse } from "./message";
import { redactUrl, resolveLocation, sameOrigin } from "./url";

const mostHops = 5;
const followed = [301, 302, 303, 307, 308];
const keepingMethod = [307, 308];
const keptAcrossOrigins = ["accept", "range"];

/**
 * Sends a request and obeys redirects as its `redirects` field says. A redirect that is not to be obeyed is the response.
 * On a hop to another origin (scheme, host or port differ) the request loses its authorization and all headers but Accept and
 * Range, for good; on one to another host, also its standing as `named`: it gets the one that `standingBeyond` gives, and on the
 * next hop to another host it is `untrusted`. GET and HEAD stay what they are, whatever the status.
 * @param request - the first hop.
 * @param exchange - sends one request and obeys no redirect.
 * @param standingBeyond - the standing of another host that this named one redirects to.
 * @throws ERR_ADDRESS_REFUSED for a sixth hop, a loop, one from https to http, or one that leaves the origin where that is not
 * allowed; ERR_TRANSPORT for a redirect without Location; and whatever `exchange` throws.
 */
export async function followRedirects(
  request: HttpRequest,
  exchange: (request: HttpRequest) => Promise<HttpResponse>,
  standingBeyond: (named: URL) => HttpRequest["host"],
): Promise<HttpResponse> {
  const seen = new Set([request.url.href]);
  let hop = request;
  for (;;) {
    const response = await exchange(hop);
    if (!isObeyed(request, response.status)) return response;
    const location = locationOf(hop, response);
    // Who asked for this decides what to say of it.
    if (request.redirects === "sameOrigin" && isRead(request) && !isWithin(hop.url, location)) return response;
    await discardBody(response);
    const url = resolveLocation(hop.url, location);
    if (seen.has(url.href)) throw refusal(hop, url, "it was there before");
    if (seen.size > mostHops) throw refusal(hop, url, `that is more than ${mostHops} redirects`);
    if (request.redirects === "sameOrigin" && !sameOrigin(hop.url, url)) throw refusal(hop, url, "another origin");
    seen.add(url.href);
    hop = nextHop(hop, url, standingBeyond);
  }
}

function isObeyed(request: HttpRequest, status: number): boolean {
  const { redirects } = request;
  if (redirects === "sameOrigin" && !isRead(request)) return keepingMethod.includes(status);
  return redirects !== "refuse" && isRead(request) && followed.includes(status);
}

function isWithin(base: URL, location: string): boolean {
  return URL.canParse(location, base.href) && sameOrigin(base, new URL(location, base.href));
}

function isRead({ method }: HttpRequest): boolean {
  return method === "GET" || method === "HEAD";
}

function locationOf({ method, url }: HttpRequest, { status, headers }: HttpResponse): string {
  const location = headers["location"];
  if (location) return location;
  throw new ProviderError(
    "ERR_TRANSPORT",
    `${method} ${redactUrl(url)}: ${status} without a Location header. Ask the operator of ${url.host}.`,
    { method, url: redactUrl(url), retryable: false },
  );
}

function nextHop(hop: HttpRequest, url: URL, standingBeyond: (named: URL) => HttpRequest["host"]): HttpRequest {
  if (sameOrigin(hop.url, url)) return { ...hop, url };
  const otherHost = hop.host === "named" ? standingBeyond(hop.url) : "untrusted";
  const kept = Object.entries(hop.headers ?? {}).filter(([name]) => keptAcrossOrigins.includes(name));
  return {
    method: hop.method,
    url,
    headers: Object.fromEntries(kept),
    redirects: hop.redirects,
    host: url.hostname === hop.url.hostname ? hop.host : otherHost,
  };
}

function refusal(hop: HttpRequest, url: URL, reason: string) {
  return new ProviderError(
    "ERR_ADDRESS_REFUSED",
    `${hop.method} ${redactUrl(hop.url)}: redirected to ${redactUrl(url)}, which is not followed: ${reason}.`,
    { url: redactUrl(url) },
  );
}
