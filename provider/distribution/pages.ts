import { ProviderError } from "../errors";
import { nextLink } from "../http/link";
import type { HttpResponse } from "../http/message";
import { invalidContent } from "../oci/json";
import type { Scope } from "./authorization";
import type { Operation } from "./operation";
import { pullScope, type RepositoryAccess } from "./repositoryAccess";

const defaultMost = { pages: 100, entries: 10_000 };

type Page<T> = readonly [entries: readonly T[] | undefined, next: URL | undefined];

/**
 * Reads a list that a registry gives in pages, one after the other as their Link headers say.
 * @param first - `url` of the first page, `accept`: the media type that is wanted, `what` is listed, for messages,
 *   `readAbsence`: reads a 404 of it, `scopes`: what a token must allow for it, by default to pull, `most`: how much is read, by
 *   default 100 pages and 10,000 entries.
 * @param readPage - reads one page; `undefined` when the answer is no such list.
 * @returns all entries in the registry's order; `undefined` when there is no list (a 404 that `readAbsence` takes, or what `readPage` says of the first page).
 * @throws what `readAbsence` throws.
 * @throws ERR_CONTENT_INVALID when a further page is no such list.
 * @throws ERR_CONTENT_TOO_LARGE for more than `most`: a shortened list would be taken for the whole.
 * @throws ERR_ADDRESS_REFUSED when the next page has another origin.
 */
export async function readPages<T>(
  access: RepositoryAccess,
  first: {
    readonly url: URL;
    readonly accept: string;
    readonly what: string;
    readonly readAbsence: (response: HttpResponse) => Promise<unknown>;
    readonly scopes?: readonly Scope[];
    readonly most?: { readonly pages: number; readonly entries: number };
  },
  readPage: (response: HttpResponse) => Promise<readonly T[] | undefined>,
): Promise<readonly T[] | undefined> {
  const { most = defaultMost } = first;
  const entries: T[] = [];
  let url: URL | undefined = first.url;
  for (let page = 1; url !== undefined; page++) {
    const answers = page === 1 ? [200, 404] : [200];
    const get: Operation = {
      method: "GET",
      url,
      scopes: first.scopes ?? pullScope(access),
      answers,
      headers: { accept: first.accept },
    };
    const [found, next]: Page<T> = await access.operations.send(get, async (response) => {
      if (response.status === 404) await first.readAbsence(response);
      const { link } = response.headers;
      return [
        response.status === 404 ? undefined : await readPage(response),
        nextLink(link, response.url, access.origin),
      ];
    });
    if (found === undefined && page > 1) throw invalidContent(`${first.what}: page ${page}`, "is no such list");
    if (found === undefined) return undefined;
    for (const entry of found) entries.push(entry);
    if (entries.length > most.entries || (page === most.pages && next !== undefined)) throw tooLong(first.what, most);
    url = next;
  }
  return entries;
}

function tooLong(what: string, most: typeof defaultMost): ProviderError {
  const message = `The ${what} are more than ${most.entries}, or on more than ${most.pages} pages: so many are not read.`;
  return new ProviderError("ERR_CONTENT_TOO_LARGE", message, { limit: most.entries });
}
