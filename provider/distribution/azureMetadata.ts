import { readBody } from "../http/body";
import type { Method } from "../http/message";
import { isDigest } from "../oci/digest";
import { asObject, field, type JsonObject, type JsonReader, parseJson } from "../oci/json";
import { headersOnly } from "./operation";
import type { Action } from "./repository";
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
  return access.operations.send(operation, async (response) => {
    if (response.status === 404) {
      await headersOnly(response);
      return undefined;
    }
    const what = `${method} ${url.pathname}:`;
    const answer = parseJson(await readBody(response, metadataLimit, "metadata"), what, metadataLimit);
    return lockOf(asObject(answer, what));
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
