import { readBody } from "../http/body";
import type { HttpResponse, Method } from "../http/message";
import { isDigest, parseDigest } from "../oci/digest";
import {
  arrayField,
  asObject,
  asString,
  field,
  type JsonObject,
  type JsonReader,
  parseJson,
  stringField,
} from "../oci/json";
import { confirmAbsence } from "./absence";
import { readPages } from "./pages";
import type { Action, ManifestMetadata } from "./repository";
import type { RepositoryAccess } from "./repositoryAccess";

/** The most that one answer of the metadata API may have, in bytes. */
export const metadataLimit = 4 * 1024 * 1024;

/**
 * A URL of the metadata API of Azure's registries.
 * @param path - `_tags/1.0`, `_manifests/sha256:…`, or nothing for the repository itself; made of validated parts only.
 * @see https://learn.microsoft.com/rest/api/containerregistry/
 */
export function metadataUrl({ origin, name }: Pick<RepositoryAccess, "origin" | "name">, path = ""): URL {
  return new URL(`/acr/v1/${encodeURIComponent(name)}${path && `/${path}`}`, origin);
}

/** Where a tag's or a manifest's metadata is. */
export function metadataPath(tagOrDigest: string): string {
  return `${isDigest(tagOrDigest) ? "_manifests" : "_tags"}/${tagOrDigest}`;
}

/** What a tag, a manifest or the repository may undergo. */
export interface Lock {
  readonly writeEnabled: boolean;
  readonly deleteEnabled: boolean;
}

/**
 * Reads the lock of a tag or manifest, or, without one, of the repository.
 * @returns `undefined` when it is not there.
 */
export function readLock(access: RepositoryAccess, tagOrDigest?: string): Promise<Lock | undefined> {
  const path = tagOrDigest === undefined ? "" : metadataPath(tagOrDigest);
  return ask(access, "GET", path, "metadata_read");
}

/**
 * Locks a tag or manifest against writes and deletion, or unlocks it.
 * @returns `undefined` when it is not there.
 */
export function writeLock(access: RepositoryAccess, tagOrDigest: string, isLocked: boolean): Promise<Lock | undefined> {
  const lock: Lock = { writeEnabled: !isLocked, deleteEnabled: !isLocked };
  return ask(access, "PATCH", metadataPath(tagOrDigest), "metadata_write", Buffer.from(JSON.stringify(lock)));
}

function ask(
  access: RepositoryAccess,
  method: Method,
  path: string,
  action: Action,
  body?: Uint8Array,
): Promise<Lock | undefined> {
  const url = metadataUrl(access, path);
  const scopes = [{ repository: access.name, actions: [action] }];
  const headers = { accept: "application/json", ...(body && { "content-type": "application/json" }) };
  const operation = { method, url, scopes, answers: [200, 404], headers, ...(body && { body }) };
  const what = `${method} ${url.pathname}`;
  return access.operations.send(operation, async (response) => {
    if (response.status === 404) {
      await confirmAbsence(response, { kind: "manifest", name: what, method });
      return undefined;
    }
    const answer = parseJson(await readBody(response, metadataLimit, "metadata"), `${what}:`, metadataLimit);
    return lockOf(asObject(answer, `${what}:`));
  });
}

/** The attributes stand beside a repository's names, and inside `tag` or `manifest`. */
function lockOf(answer: JsonObject): Lock {
  const holder = ["tag", "manifest"].find((name) => answer.fields[name] !== undefined);
  const item = holder === undefined ? answer : field(answer, holder, asObject);
  const attributes = field(item, "changeableAttributes", asObject);
  const isOn: JsonReader<boolean> = (value) => value !== false;
  return {
    writeEnabled: isOn(attributes.fields["writeEnabled"], ""),
    deleteEnabled: isOn(attributes.fields["deleteEnabled"], ""),
  };
}

/**
 * Lists what the registry tells of a repository's manifests, the newest first.
 * @returns `undefined` when there is no such repository.
 * @throws ERR_CONTENT_TOO_LARGE for more than 10,000 manifests, ERR_CONTENT_INVALID for an answer that is no list.
 */
export function listMetadata(access: RepositoryAccess): Promise<readonly ManifestMetadata[] | undefined> {
  const name = `${access.address}/${access.name}`;
  const what = `manifests of ${name}`;
  const url = metadataUrl(access, "_manifests");
  url.search = "orderby=timedesc";
  const scopes = [{ repository: access.name, actions: ["metadata_read"] }] as const;
  const readAbsence = (response: HttpResponse) => confirmAbsence(response, { kind: "repository", name });
  return readPages(access, { url, accept: "application/json", what, scopes, readAbsence }, async (response) => {
    const bytes = await readBody(response, metadataLimit, "list of manifests");
    return arrayField(asObject(parseJson(bytes, what, metadataLimit), `${what}:`), "manifests", readMetadata);
  });
}

const readMetadata: JsonReader<ManifestMetadata> = (value, path) => {
  const row = asObject(value, path);
  return {
    digest: parseDigest(stringField(row, "digest")),
    // There are none where there is no such field.
    tags: row.fields["tags"] === undefined ? [] : arrayField(row, "tags", asString),
    createdTime: stringField(row, "createdTime"),
    lastUpdateTime: stringField(row, "lastUpdateTime"),
  };
};
