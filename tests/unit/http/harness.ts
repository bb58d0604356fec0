import type { RequestListener } from "node:http";
import type { LookupFunction } from "node:net";
import type { HttpRequest, Transport } from "../../../provider/http/message";
import { createTransport, type TransportOptions } from "../../../provider/http/transport";
import { startServer, startTcpServer } from "./servers";

/** A look-up by which every host is at this IPv4 address. */
export function always(address: string): LookupFunction {
  return (_hostname, _options, callback) => callback(null, [{ address, family: 4 }]);
}

/** A look-up by which every host is this machine. */
export const loopback = always("127.0.0.1");

/** Makes transports and servers that are closed after each test of the surrounding `describe`. */
export function harness() {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const thing of opened.splice(0).reverse()) await thing.close();
  });
  const keep = <T extends { close(): Promise<void> }>(thing: T): T => {
    opened.push(thing);
    return thing;
  };
  return {
    keep,
    transport: (options: Partial<TransportOptions> = {}): Transport =>
      keep(createTransport({ timeoutMs: 5000, environment: {}, ...options })),
    server: async (handler: RequestListener) => keep(await startServer(handler)),
    /** A server that answers the first bytes of each connection with this text, and then ends it unless told otherwise. */
    tcpServer: async (answer: string, end = true) =>
      keep(
        await startTcpServer((socket) => {
          socket.once("data", () => (end ? socket.end(answer) : socket.write(answer)));
        }),
      ),
    /** A GET of a named host that follows no redirect, but for what is given. */
    get: (url: URL, more: Partial<HttpRequest> = {}): HttpRequest => ({
      method: "GET",
      url,
      redirects: "refuse",
      host: "named",
      ...more,
    }),
  };
}
