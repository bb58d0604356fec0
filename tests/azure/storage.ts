import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { closeServer, portOf } from "../support/countingProxy";

/** A blob, which may still grow. */
export interface Blob {
  bytes: Buffer;
  /** As the log of a run says so in its metadata. */
  isComplete: boolean;
}

/** Azure's storage. */
export interface StorageStandIn {
  /** By path. */
  readonly blobs: ReadonlyMap<string, Blob>;
  /** Every request: `GET /path 206`. */
  readonly requests: readonly string[];
  /** A URL under which a blob may be written or read. */
  signedUrl(path: string): string;
  /** Ends the authorization of all URLs so far. */
  expireUrls(): void;
  append(path: string, text: string): void;
  complete(path: string): void;
  stop(): Promise<void>;
}

/**
 * Starts the stand-in on a free loopback port: `Put Blob` of block blobs and `Get Blob` with Range, as the documentation of the
 * Blob service has them. It refuses tokens, as storage refuses a registry's.
 * @see https://learn.microsoft.com/rest/api/storageservices/put-blob
 * @see https://learn.microsoft.com/rest/api/storageservices/get-blob
 */
export async function startStorage(): Promise<StorageStandIn> {
  let signature = randomUUID();
  const blobs = new Map<string, Blob>();
  const requests: string[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", "http://localhost");
    const status = await answer(incoming, outgoing, url);
    requests.push(`${incoming.method} ${url.pathname} ${status}`);
  });

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse, url: URL): Promise<number> {
    const body = await buffer(incoming);
    if (incoming.headers.authorization !== undefined) return refuse(outgoing, 400, "InvalidAuthenticationInfo");
    if (url.searchParams.get("sig") !== signature) return refuse(outgoing, 403, "AuthenticationFailed");
    return incoming.method === "PUT" ? put(incoming, outgoing, url, body) : get(incoming, outgoing, url);
  }

  function put(incoming: IncomingMessage, outgoing: ServerResponse, { pathname }: URL, body: Buffer): number {
    if (incoming.headers["x-ms-blob-type"] !== "BlockBlob") return refuse(outgoing, 400, "MissingRequiredHeader");
    blobs.set(pathname, { bytes: body, isComplete: true });
    outgoing.writeHead(201).end();
    return 201;
  }

  function get(incoming: IncomingMessage, outgoing: ServerResponse, { pathname }: URL): number {
    const blob = blobs.get(pathname);
    if (blob === undefined) return refuse(outgoing, 404, "BlobNotFound");
    const [, from = "0", to] = /^bytes=(\d+)-(\d*)$/.exec(incoming.headers.range ?? "bytes=0-") ?? [];
    const start = Number(from);
    if (start >= blob.bytes.length) return refuse(outgoing, 416, "InvalidRange");
    const part = blob.bytes.subarray(start, to ? Number(to) + 1 : undefined);
    const headers = { "x-ms-blob-type": "AppendBlob", ...(blob.isComplete && { "x-ms-meta-complete": "successful" }) };
    outgoing.writeHead(incoming.headers.range === undefined ? 200 : 206, headers).end(part);
    return 206;
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    blobs,
    requests,
    signedUrl: (path) => `http://localhost:${portOf(server)}${path}?sv=2019-12-12&sig=${signature}`,
    expireUrls() {
      signature = randomUUID();
    },
    append(path, text) {
      const { bytes = Buffer.alloc(0) } = blobs.get(path) ?? {};
      blobs.set(path, { bytes: Buffer.concat([bytes, Buffer.from(text)]), isComplete: false });
    },
    complete(path) {
      const blob = blobs.get(path);
      if (blob !== undefined) blob.isComplete = true;
    },
    stop: () => closeServer(server),
  };
}

function refuse(outgoing: ServerResponse, status: number, code: string): number {
  const xml = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>said by the stand-in</Message></Error>`;
  outgoing.writeHead(status, { "content-type": "application/xml", "x-ms-error-code": code }).end(xml);
  return status;
}
