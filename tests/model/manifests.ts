import { isDigest } from "../../provider/oci/digest";
import { content, empty, json, refusal } from "./answers";
import { type ModelAnswer, type ModelRequest, routeOf } from "./message";
import type { Storage } from "./storage";
import { refusalOf, type Switches } from "./switches";
import { manifestsUnder, neededBy, readManifest } from "./tree";

/** Answers a request about a manifest, by tag or digest. */
export function answerManifest(storage: Storage, switches: Switches, request: ModelRequest): ModelAnswer {
  const { repository, reference } = routeOf(request.url);
  if (request.method === "PUT") return put(storage, switches, request);
  const digest = isDigest(reference) ? reference : storage.tags.get(`${repository}:${reference}`);
  const manifest = storage.manifests.get(`${repository}@${digest}`);
  if (request.method === "DELETE") return remove(storage, switches, request, digest);
  if (digest === undefined || manifest === undefined) return refusal(404, "MANIFEST_UNKNOWN");
  if (request.method === "HEAD" && switches.headManifest !== undefined) return empty(switches.headManifest);
  return content(manifest.bytes, manifest.mediaType, digest);
}

function put(storage: Storage, switches: Switches, request: ModelRequest): ModelAnswer {
  const { repository, reference } = routeOf(request.url);
  const manifest = { mediaType: String(request.headers["content-type"]), bytes: request.body };
  if (!switches.takesIncomplete) {
    const { manifests, blobs } = neededBy(manifest);
    const { status, code } = refusalOf(switches.missingChild ?? "400 MANIFEST_BLOB_UNKNOWN");
    if (manifests.some((digest) => !storage.manifests.has(`${repository}@${digest}`))) return refusal(status, code);
    if (blobs.some((digest) => !storage.blobs.has(`${repository}@${digest}`)))
      return refusal(400, "MANIFEST_BLOB_UNKNOWN");
  }
  const before = storage.tags.get(`${repository}:${reference}`);
  const digest = storage.putManifest(repository, manifest, request);
  if (!isDigest(reference)) storage.setTag(repository, reference, digest, request);
  if (switches.dropsManifestOfMovedTag && before !== undefined && before !== digest)
    dropUntagged(storage, repository, before, request);
  const { subject } = readManifest(manifest);
  const told = subject && switches.referrersApi ? { "oci-subject": subject.digest } : {};
  return empty(switches.created ?? 201, { "docker-content-digest": digest, ...told });
}

function dropUntagged(storage: Storage, repository: string, digest: string, request: ModelRequest): void {
  for (const one of manifestsUnder(storage, repository, digest))
    if (storage.tagsOn(repository, one).length === 0 && !storage.putByDigest.has(`${repository}@${one}`))
      storage.dropManifest(repository, one, request);
}

function remove(storage: Storage, switches: Switches, request: ModelRequest, digest: string | undefined): ModelAnswer {
  const { repository, reference } = routeOf(request.url);
  if (!isDigest(reference) && switches.refusesTagDelete) return refusal(400, "DIGEST_INVALID");
  if (digest === undefined || !storage.manifests.has(`${repository}@${digest}`))
    return refusal(404, "MANIFEST_UNKNOWN");
  if (isDigest(reference)) {
    if (switches.refusesListedChild && isListed(storage, repository, digest)) {
      const { status, code } = refusalOf(switches.refusesListedChild);
      return refusal(status, code);
    }
    storage.dropManifest(repository, digest, request);
    return empty(202);
  }
  storage.dropTag(repository, reference, request);
  const isLast = storage.tagsOn(repository, digest).length === 0;
  const isDropped = switches.dropsManifestWithLastTag && isLast && !storage.putByDigest.has(`${repository}@${digest}`);
  if (switches.deletesManifestByTag || isDropped) storage.dropManifest(repository, digest, request);
  return empty(202);
}

function isListed(storage: Storage, repository: string, digest: string): boolean {
  return [...storage.manifests].some(
    ([name, manifest]) => name.startsWith(`${repository}@`) && neededBy(manifest).manifests.includes(digest),
  );
}

/** Answers a request for a repository's tags. */
export function answerTags(storage: Storage, { url }: ModelRequest): ModelAnswer {
  const { repository } = routeOf(url);
  const isThere = [...storage.manifests.keys()].some((name) => name.startsWith(`${repository}@`));
  const tags = [...storage.tagsIn(repository)].sort();
  return isThere ? json(200, { name: repository, tags }) : refusal(404, "NAME_UNKNOWN");
}

/** Answers a request for what refers to a manifest. */
export function answerReferrers(storage: Storage, switches: Switches, { url }: ModelRequest): ModelAnswer {
  const { repository, reference } = routeOf(url);
  if (!switches.referrersApi) return refusal(404, "NOT_FOUND");
  const manifests = [...storage.manifests].flatMap(([name, manifest]) => {
    const { subject, artifactType, annotations } = readManifest(manifest);
    if (!name.startsWith(`${repository}@`) || subject?.digest !== reference) return [];
    const [, digest = ""] = name.split("@");
    const { mediaType, bytes } = manifest;
    return [
      {
        mediaType,
        digest,
        size: bytes.length,
        ...(artifactType && { artifactType }),
        ...(annotations && { annotations }),
      },
    ];
  });
  const mediaType = "application/vnd.oci.image.index.v1+json";
  return json(200, { schemaVersion: 2, mediaType, manifests }, mediaType);
}
