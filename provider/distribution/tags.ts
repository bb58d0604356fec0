import { readBody } from "../http/body";
import type { HttpResponse } from "../http/message";
import { arrayField, asObject, asString, parseJson } from "../oci/json";
import { confirmAbsence } from "./absence";
import { readPages } from "./pages";
import { pullScope, type RepositoryAccess, repositoryUrl } from "./repositoryAccess";

const pageBytesLimit = 4 * 1024 * 1024;
// The most that distribution gives in one page; registries with less give their own maximum.
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
  const readAbsence = (response: HttpResponse) => confirmAbsence(response, { kind: "repository", name });
  return readPages(access, { url, accept: "application/json", what, most, readAbsence }, (response) =>
    readTags(response, what),
  );
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
  return arrayField(asObject(parseJson(bytes, what, pageBytesLimit), `${what}:`), "tags", asString);
}
