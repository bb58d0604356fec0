import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { closeServer, portOf } from "./countingProxy";

/** A server of files, as any web server is one. */
export interface FileServer {
  /** `http://localhost:PORT`. */
  readonly url: string;
  /** The path of each request. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/** Serves a folder on a free loopback port. */
export async function startFileServer(folder: string): Promise<FileServer> {
  const requests: string[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { pathname } = new URL(incoming.url ?? "/", "http://localhost");
    requests.push(pathname);
    const bytes = await readFile(join(folder, pathname)).catch(() => undefined);
    outgoing.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://localhost:${portOf(server)}`, requests, stop: () => closeServer(server) };
}
