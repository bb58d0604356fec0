import { hasStatus } from "../errors";
import { readBody } from "../http/body";
import type { HttpResponse } from "../http/message";
import { arrayField, asObject, asString, parseJson, stringField } from "../oci/json";
import { confirmAbsence } from "./absence";
import { readPages } from "./pages";
import { pullScope, type RepositoryAccess, repositoryUrl } from "./repositoryAccess";

const pageBytesLimit = 4 * 1024 * 1024;
// The most that distribution gives in one page. Registries with less give their own maximum, or refuse: then theirs is asked for.
const pageSize = 1000;
const smallPageSize = 100;
// CI gives a repository ten thousand tags a year; a million take 100 MB at most.
const most = { pages: 1000, entries: 1_000_000 };

/**
 * Lists a repository's tags.
 * @returns the tags in the registry's order; `undefined` when there is no such repository.
 * @throws ERR_ABSENCE_UNCONFIRMED for a 404 in which the registry does not say so.
 * @throws ERR_CONTENT_TOO_LARGE for more than 1,000,000 tags, ERR_CONTENT_INVALID for an answer that is no list.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags
 */
export async function listTags(access: RepositoryAccess): Promise<readonly string[] | undefined> {
  const name = `${access.address}/${access.name}`;
  const what = `tags of ${name}`;
  const url = repositoryUrl(access, "tags/list");
  url.search = `n=${pageSize}`;
  const unlimited = repositoryUrl(access, "tags/list");
  const readAbsence = (response: HttpResponse) => confirmAbsence(response, { kind: "repository", name });
  const read = (first: URL) =>
    readPages(access, { url: first, accept: "application/json", what, most, readAbsence }, (response) =>
      readTags(response, what),
    );
  try {
    return await read(url);
  } catch (error) {
    if (!hasStatus(error, 400, 405, 416, 422)) throw error;
    return read(unlimited);
  }
}

/**
 * Lists tags that come after a text in the registry's order: those of one page. A registry may give its first page instead.
 * @throws what sending throws, ERR_CONTENT_INVALID.
 */
export async function listTagsAfter(access: RepositoryAccess, last: string): Promise<readonly string[]> {
  const url = repositoryUrl(access, "tags/list");
  url.searchParams.set("n", String(smallPageSize));
  url.searchParams.set("last", last);
  const get = { method: "GET", url, scopes: pullScope(access), answers: [200] } as const;
  return access.operations.send(get, (response) => readTags(response, `tags of ${access.address}/${access.name}`));
}

async function readTags(response: HttpResponse, what: string): Promise<readonly string[]> {
  const bytes = await readBody(response, pageBytesLimit, "list of tags");
  const list = asObject(parseJson(bytes, what, pageBytesLimit), `${what}:`);
  // An empty list may lack the field, but then the rest of it has to be there: no other document may stand for "no tags".
  if (list.fields["tags"] === undefined) stringField(list, "name");
  return arrayField(list, "tags", asString);
}
