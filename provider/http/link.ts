import { ProviderError } from "../errors";
import { redactUrl, resolveLocation, sameOrigin } from "./url";

/**
 * The next page's URL from a Link header.
 * @param linkHeader - the header's value; of several links the first with `rel="next"` counts.
 * @param base - the URL of the page that came with it, after redirects.
 * @param origin - the registry's: a page that was served from elsewhere does not lead there.
 * @returns `undefined` when there is no next page.
 * @throws ERR_CONTENT_INVALID for a header that cannot be read: a list that ends there would be taken for the whole.
 * @throws ERR_ADDRESS_REFUSED when the next page has another origin.
 * @see https://www.rfc-editor.org/rfc/rfc8288#section-3
 */
export function nextLink(linkHeader: string | undefined, base: URL, origin: URL): URL | undefined {
  const links = [...(linkHeader ?? "").matchAll(/<([^<>]*)>([^<]*)/g)];
  // Cloudflare's registry leaves the brackets out.
  const [, bare, rest] = links.length === 0 ? (/^\s*([^\s<>;,"]+)\s*(;.*)$/.exec(linkHeader ?? "") ?? []) : [];
  if (bare !== undefined && rest !== undefined) return nextLink(`<${bare}>${rest}`, base, origin);
  if (links.length === 0 && linkHeader !== undefined && linkHeader.trim() !== "")
    throw new ProviderError(
      "ERR_CONTENT_INVALID",
      `GET ${redactUrl(base)}: the Link header of the answer cannot be read, so the list may go on. Ask the operator of ${base.host}.`,
      {},
    );
  for (const [, target = "", parameters = ""] of links) {
    const [, quoted, token] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters) ?? [];
    const relations = (quoted ?? token ?? "").toLowerCase().split(" ");
    if (!relations.includes("next")) continue;
    const next = resolveLocation(base, target);
    if (sameOrigin(next, origin)) return next;
    throw new ProviderError(
      "ERR_ADDRESS_REFUSED",
      `GET ${redactUrl(base)}: its next page is said to be at ${redactUrl(next)}, another origin; this is not followed.`,
      { url: redactUrl(next) },
    );
  }
  return undefined;
}
