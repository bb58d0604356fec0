import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from "node:net";

/** A server on a free loopback port. */
export interface TestServer {
  readonly port: number;
  /** `http://127.0.0.1:port` or `https://…`, with this path. */
  url(path?: string): URL;
  /** What it was asked, in order. */
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly headers: Record<string, string>;
  }[];
  /** How many connections are open at the moment. */
  openConnections(): number;
  /** How many connections there have ever been. */
  totalConnections(): number;
  close(): Promise<void>;
}

/** Starts an HTTP server, or, with `tls`, an HTTPS one. */
export async function startServer(handler: RequestListener, tls?: ServerOptions): Promise<TestServer> {
  const requests: { method: string; path: string; headers: Record<string, string> }[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push({ method: request.method ?? "", path: request.url ?? "", headers: flatHeaders(request) });
    handler(request, response);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  return { ...(await listen(server, tls === undefined ? "http" : "https")), requests };
}

/** Starts a server that speaks no HTTP of its own. */
export function startTcpServer(onConnection: (socket: Socket) => void): Promise<Omit<TestServer, "requests">> {
  return listen(createTcpServer(onConnection), "http");
}

/** A forward proxy that knows tunnels and absolute-form requests; it connects to `target` whatever it is asked for. */
export async function startProxy(target: () => number): Promise<TestServer & { readonly tunnels: readonly string[] }> {
  const tunnels: string[] = [];
  const requests: { method: string; path: string; headers: Record<string, string> }[] = [];
  const server = createServer((request, response) => {
    requests.push({ method: request.method ?? "", path: request.url ?? "", headers: flatHeaders(request) });
    response.end("from the proxy");
  });
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    tunnels.push(request.url ?? "");
    requests.push({ method: "CONNECT", path: request.url ?? "", headers: flatHeaders(request) });
    const upstream = connect(target(), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream])
      end.on("error", () => {}).on("close", () => [socket, upstream].map((s) => s.destroy()));
  });
  return { ...(await listen(server, "http")), tunnels, requests };
}

function flatHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}

async function listen(server: Server, scheme: string): Promise<Omit<TestServer, "requests">> {
  const sockets = new Set<Socket>();
  let total = 0;
  server.on("connection", (socket: Socket) => {
    total++;
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: (path = "/") => new URL(`${scheme}://127.0.0.1:${port}${path}`),
    openConnections: () => sockets.size,
    totalConnections: () => total,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
