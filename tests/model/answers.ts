import type { ModelAnswer } from "./message";

/** An answer without a body. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): ModelAnswer {
  return { status, headers, body: Buffer.alloc(0) };
}

/** An answer with a document. */
export function json(status: number, document: object, contentType = "application/json"): ModelAnswer {
  return { status, headers: { "content-type": contentType }, body: Buffer.from(JSON.stringify(document)) };
}

/** An answer with an error of the distribution specification. */
export function refusal(status: number, code: string): ModelAnswer {
  return json(status, { errors: [{ code, message: `said by the model: ${status}` }] });
}

/** What something in front of a registry answers in its place: 404, and a page for people. */
export function page404(): ModelAnswer {
  return { status: 404, headers: { "content-type": "text/html" }, body: Buffer.from("<html>no such page</html>") };
}

/** An answer with content that has a digest. */
export function content(bytes: Buffer, mediaType: string, digest: string): ModelAnswer {
  const headers = {
    "content-type": mediaType,
    "docker-content-digest": digest,
    "content-length": String(bytes.length),
  };
  return { status: 200, headers, body: bytes };
}

/** The answer to a request without credentials. */
export function challenge(): ModelAnswer {
  const answer = refusal(401, "UNAUTHORIZED");
  return { ...answer, headers: { ...answer.headers, "www-authenticate": 'Basic realm="model"' } };
}
