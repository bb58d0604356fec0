import { digestOf } from "../../provider/oci/digest";
import { content, empty, refusal } from "./answers";
import { type ModelAnswer, type ModelRequest, routeOf } from "./message";
import type { Storage } from "./storage";
import type { Switches } from "./switches";

/** Answers a request for a blob. */
export function answerBlob(storage: Storage, { method, url }: ModelRequest): ModelAnswer {
  const { repository, reference } = routeOf(url);
  const blob = storage.blobs.get(`${repository}@${reference}`);
  if (blob === undefined) return refusal(404, "BLOB_UNKNOWN");
  if (method === "DELETE") return refusal(405, "UNSUPPORTED");
  return content(blob, "application/octet-stream", reference);
}

/** Answers a request that begins, continues or ends the upload of a blob. */
export function answerUpload(storage: Storage, switches: Switches, request: ModelRequest): ModelAnswer {
  const { method, url, body } = request;
  const { repository, reference: session } = routeOf(url);
  if (method === "POST") return start(storage, switches, repository, url.searchParams);
  const received = storage.uploads.get(session);
  if (received === undefined) return refusal(404, "BLOB_UPLOAD_UNKNOWN");
  if (method === "GET") return empty(204, { range: `0-${Math.max(0, received.length - 1)}` });
  const whole = Buffer.concat([received, body]);
  if (method === "PATCH") {
    storage.uploads.set(session, whole);
    return empty(202, { location: url.pathname });
  }
  storage.uploads.delete(session);
  if (method === "DELETE") return empty(204);
  const digest = url.searchParams.get("digest") ?? "";
  if (digestOf(whole) !== digest) return refusal(400, "DIGEST_INVALID");
  storage.blobs.set(`${repository}@${digest}`, whole);
  return empty(switches.created ?? 201, { "docker-content-digest": digest });
}

function start(storage: Storage, switches: Switches, repository: string, query: URLSearchParams): ModelAnswer {
  const digest = query.get("mount") ?? "";
  const from = query.get("from") ?? "";
  const blob = storage.blobs.get(`${from}@${digest}`);
  if (blob !== undefined) {
    storage.blobs.set(`${repository}@${digest}`, blob);
    return empty(201, { "docker-content-digest": digest });
  }
  if (from === repository && switches.ownMountAbsent) return refusal(404, "BLOB_UNKNOWN");
  const session = storage.newSession();
  storage.uploads.set(session, Buffer.alloc(0));
  return empty(202, { location: `/v2/${repository}/blobs/uploads/${session}` });
}
