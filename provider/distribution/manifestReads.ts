import { hasCode } from "../errors";
import { readBody } from "../http/body";
import type { HttpResponse } from "../http/message";
import type { Descriptor } from "../oci/descriptor";
import { digestAlgorithm, digestOf, isDigest, verifyBytes } from "../oci/digest";
import { manifestLimit, parseManifest } from "../oci/manifest";
import { schema1Family, schema1Refused } from "../oci/manifestShape";
import { manifestAccept } from "../oci/mediaTypes";
import { confirmAbsence, isLeftToGet } from "./absence";
import { contentDigest, requireDigest } from "./contentDigest";
import { headersOnly, type Operation, type Send } from "./operation";
import type { ManifestContent, Repository } from "./repository";
import { manifestUrl, nameOf, pullScope, type RepositoryAccess } from "./repositoryAccess";
import { createSingleFlight } from "./singleFlight";

/** The reading half of a repository's manifests. */
export interface ManifestReads extends Pick<Repository, "headManifest" | "lookForManifest" | "getManifest"> {
  /**
   * Looks at a manifest as {@link Repository.headManifest} does, but always asks the registry and shares the look with nobody.
   * @param send - how to send: with retries of its own, or as a part of something that is retried.
   */
  lookAtManifest(send: Send, tagOrDigest: string): Promise<Descriptor | undefined>;
  /** Fetches a manifest as {@link Repository.getManifest} does, but always asks the registry and shares the answer with no other call. */
  fetchManifest(tagOrDigest: string): Promise<ManifestContent | undefined>;
}

/** The reading half of one repository's manifests. What it learns goes into `access.known`. */
export function createManifestReads(access: RepositoryAccess): ManifestReads {
  const { operations, known } = access;
  const heads = createSingleFlight<Descriptor | undefined>();
  const gets = createSingleFlight<ManifestContent | undefined>();

  async function lookOnce(send: Send, tagOrDigest: string): Promise<Descriptor | undefined> {
    const told = await askByHead(send, tagOrDigest);
    if (told === undefined) return fetchOnce(send, tagOrDigest);
    known.descriptors.set(told.digest, told);
    return told;
  }

  /** @returns `undefined` when only a GET can tell. */
  async function askByHead(send: Send, tagOrDigest: string): Promise<Descriptor | undefined> {
    const head = manifestOperation(access, "HEAD", tagOrDigest, [200]);
    const answer = await send(head, headersOnly).catch((error: unknown) => {
      if (isLeftToGet(error)) return undefined;
      throw error;
    });
    const told = answer && describedBy(answer.headers, tagOrDigest);
    if (told !== undefined && isDigest(tagOrDigest))
      requireDigest(answer?.headers ?? {}, tagOrDigest, `HEAD ${nameOf(access, tagOrDigest)}`);
    return told;
  }

  async function fetchOnce(send: Send, tagOrDigest: string): Promise<Descriptor | undefined> {
    try {
      return (await fetchManifest(send, tagOrDigest))?.descriptor;
    } catch (error) {
      // What is there can be described all the same, and so be replaced.
      const told = hasCode(error, "ERR_MEDIA_TYPE_UNSUPPORTED") ? await askByHead(send, tagOrDigest) : undefined;
      if (told === undefined) throw error;
      return told;
    }
  }

  function lookAtManifest(send: Send, tagOrDigest: string): Promise<Descriptor | undefined> {
    return access.replicas.look(tagOrDigest, () => lookOnce(send, tagOrDigest));
  }

  async function fetchManifest(send: Send, tagOrDigest: string): Promise<ManifestContent | undefined> {
    const get = manifestOperation(access, "GET", tagOrDigest, [200, 404]);
    const content = await send(get, (response) => readManifest(response, tagOrDigest, nameOf(access, tagOrDigest)));
    if (content === undefined) {
      known.descriptors.delete(tagOrDigest);
      known.manifests.delete(tagOrDigest);
      return undefined;
    }
    known.manifests.set(content.descriptor.digest, content);
    known.descriptors.set(content.descriptor.digest, content.descriptor);
    return content;
  }

  return {
    lookAtManifest,
    fetchManifest: (tagOrDigest) => fetchManifest(operations.send, tagOrDigest),
    async headManifest(tagOrDigest) {
      const look = () => lookAtManifest(operations.send, tagOrDigest);
      // A look at a tag that began before a write must not answer one that begins after it.
      if (!isDigest(tagOrDigest)) return look();
      return known.descriptors.get(tagOrDigest) ?? heads(tagOrDigest, look);
    },
    lookForManifest: (tagOrDigest) => access.replicas.look(tagOrDigest, () => fetchOnce(operations.send, tagOrDigest)),
    async getManifest(tagOrDigest) {
      const seen = known.manifests.get(tagOrDigest);
      return seen ?? gets(tagOrDigest, () => fetchManifest(operations.send, tagOrDigest));
    },
  };
}

function manifestOperation(
  access: RepositoryAccess,
  method: "HEAD" | "GET",
  tagOrDigest: string,
  answers: readonly number[],
): Operation {
  const url = manifestUrl(access, tagOrDigest);
  return { method, url, scopes: pullScope(access), answers, headers: { accept: manifestAccept } };
}

/** A registry, or a cache before it, that says application/json or text/html has not looked at what it serves. */
function contentMediaType(headers: HttpResponse["headers"]): string | undefined {
  const mediaType = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  return mediaType?.startsWith("application/vnd.") ? mediaType : undefined;
}

/** What the answer to a HEAD tells; `undefined` when only the bytes can tell. */
function describedBy(headers: HttpResponse["headers"], tagOrDigest: string): Descriptor | undefined {
  const digest = contentDigest(headers);
  const mediaType = contentMediaType(headers);
  const length = headers["content-length"];
  if (digest === undefined || mediaType === undefined || !/^[1-9]\d{0,14}$/.test(length ?? "")) return undefined;
  if (isDigest(tagOrDigest) && digestAlgorithm(tagOrDigest) !== digestAlgorithm(digest)) return undefined;
  return { mediaType, digest, size: Number(length) };
}

async function readManifest(
  response: HttpResponse,
  tagOrDigest: string,
  name: string,
): Promise<ManifestContent | undefined> {
  if (response.status === 404) {
    await confirmAbsence(response, { kind: "manifest", name });
    return undefined;
  }
  const bytes = await readBody(response, manifestLimit, "manifest");
  // The digest of a signed one is not that of its bytes.
  if (response.headers["content-type"]?.startsWith(schema1Family)) throw schema1Refused(`manifest ${name}`);
  const what = `manifest ${name}`;
  const digest = isDigest(tagOrDigest) ? tagOrDigest : (contentDigest(response.headers) ?? digestOf(bytes));
  verifyBytes(bytes, { digest }, what);
  const mediaType = contentMediaType(response.headers) ?? parseManifest(bytes, { what }).mediaType;
  return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
}
