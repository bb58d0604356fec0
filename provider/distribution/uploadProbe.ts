import { resolveLocation } from "../http/url";
import { headersOnly, successes } from "./operation";
import type { OpenUpload, Repository } from "./repository";
import { pullScope, pushScope, type RepositoryAccess, repositoryUrl } from "./repositoryAccess";
import { cancelUpload } from "./uploadSession";

/**
 * Gives the part of a repository that finds out whether two addresses are one registry: an upload session that is opened at one
 * of them is known at the other.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-in-chunks
 */
export function createUploadProbe(access: RepositoryAccess): Pick<Repository, "openUpload" | "knowsUpload"> {
  const { operations } = access;
  return {
    async openUpload(): Promise<OpenUpload> {
      const scopes = pushScope(access);
      const request = {
        method: "POST",
        url: repositoryUrl(access, "blobs/uploads/"),
        scopes,
        answers: successes,
      } as const;
      const location = await operations.send(request, async (response) => {
        await headersOnly(response);
        return resolveLocation(response.url, response.headers["location"] ?? "");
      });
      return {
        path: `${location.pathname}${location.search}`,
        close: () => cancelUpload(operations.send, { url: location, scopes, minChunkBytes: 0 }),
      };
    },
    async knowsUpload(path) {
      const url = new URL(path, access.origin);
      const request = {
        method: "GET",
        url,
        scopes: pullScope(access),
        answers: [200, 202, 204, 400, 404, 405],
      } as const;
      const { status } = await operations.send(request, headersOnly);
      return status < 300;
    },
  };
}
