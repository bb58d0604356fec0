/**
 * What registries do otherwise than the distribution specification has it, as data. None is set at first: the registry is
 * then like distribution 3, without the referrers API.
 *
 * Left out so far: pages of lists and their `Link`, chunked uploads, token servers, sha512, limits of sizes, and what a
 * registry does by itself after a while (collect garbage, replicate).
 */
export interface Switches {
  /** Deleting the last tag of a manifest deletes the manifest (Gitea, Forgejo). */
  readonly dropsManifestWithLastTag?: boolean;
  /** Moving the last tag away from a manifest deletes the manifest and what it lists (zot). */
  readonly dropsManifestOfMovedTag?: boolean;
  /** Deleting a tag deletes its manifest and so every other tag on it. */
  readonly deletesManifestByTag?: boolean;
  /** DELETE of a tag is refused (docker-registry 2.8: 400 DIGEST_INVALID). */
  readonly refusesTagDelete?: boolean;
  /** DELETE of a manifest that an index lists (zot, GitLab, Harbor): status and code. */
  readonly refusesListedChild?: "405 DENIED" | "409 MANIFEST_REFERENCED" | "412 PRECONDITION_FAILED";
  /** There is a referrers API, and PUT of a manifest with a subject says so. */
  readonly referrersApi?: boolean;
  /** HEAD of a manifest is answered so, though GET finds it. */
  readonly headManifest?: 400 | 401 | 403 | 404 | 405 | 501;
  /** A mount from the repository itself is answered 404 (ocimem). */
  readonly ownMountAbsent?: boolean;
  /** The answer to an index of which a child is missing. */
  readonly missingChild?: "400 MANIFEST_INVALID" | "400 BLOB_UNKNOWN" | "404 MANIFEST_UNKNOWN" | "500 UNKNOWN";
  /** What a manifest lists is not looked for. */
  readonly takesIncomplete?: boolean;
  /** Requests without credentials are answered 401; any credentials do. */
  readonly login?: boolean;
  /** The status of an answer for which the specification says 201. */
  readonly created?: 200 | 202 | 204;
}

/** Status and code out of a switch such as `405 DENIED`. */
export function refusalOf(text: string): { readonly status: number; readonly code: string } {
  const [status, code = "UNKNOWN"] = text.split(" ");
  return { status: Number(status), code };
}
