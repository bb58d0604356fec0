import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { pipeline } from "node:stream/promises";
import { closeServer, portOf } from "../support/countingProxy";

/** The host that blobs are downloaded from. */
export interface StorageHost {
  /** Every request: whether it came with an Authorization, and what it was answered. */
  readonly requests: readonly { readonly path: string; readonly isAuthorized: boolean; readonly status: number }[];
  /** A signed URL of a blob: `http://localhost:PORT/…?…&sig=…`. */
  urlOf(repository: string, digest: string): string;
  stop(): Promise<void>;
}

// What Azure/acr issue 217 and azure-sdk-for-js issue 20957 quote.
const refusal = `<?xml version="1.0" encoding="utf-8"?><Error><Code>InvalidAuthenticationInfo</Code><Message>Authentication information is not given in the correct format. Check the value of Authorization header.</Message></Error>`;

/**
 * Starts the storage behind a registry on a free loopback port. It takes no Authorization, and tells no digest
 * (azure-sdk-for-java issue 33183).
 * @param registry - `host:port` of the registry that has the blobs.
 * @param tls - PEM texts; with them it speaks HTTPS.
 */
export async function startStorageHost(
  registry: string,
  tls?: { readonly cert: string; readonly key: string },
): Promise<StorageHost> {
  const requests: { path: string; isAuthorized: boolean; status: number }[] = [];
  const signature = randomUUID();
  const serve = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const url = new URL(incoming.url ?? "/", "http://localhost");
    const isAuthorized = incoming.headers.authorization !== undefined;
    const answer = (status: number) => requests.push({ path: url.pathname, isAuthorized, status });
    if (isAuthorized || url.searchParams.get("sig") !== signature) {
      answer(400);
      outgoing.writeHead(400, { "content-type": "application/xml" }).end(refusal);
      return;
    }
    const { range } = incoming.headers;
    const upstream = request(`http://${registry}/v2${url.pathname}`, {
      method: incoming.method,
      headers: range === undefined ? {} : { range },
    });
    upstream.once("error", () => outgoing.destroy());
    upstream.once("response", (response) => {
      const { "docker-content-digest": _, ...headers } = response.headers;
      answer(response.statusCode ?? 502);
      outgoing.writeHead(response.statusCode ?? 502, headers);
      pipeline(response, outgoing).catch(() => outgoing.destroy());
    });
    upstream.end();
  };
  const server = tls ? createTlsServer(tls, serve) : createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    requests,
    urlOf: (repository, digest) =>
      `${tls ? "https" : "http"}://localhost:${portOf(server)}/${repository}/blobs/${digest}?se=2030-01-01T00%3A00%3A00Z&sr=b&sp=r&sig=${signature}`,
    stop: () => closeServer(server),
  };
}
