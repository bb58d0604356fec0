import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { testFolder } from "./folders";

/** An engine that gives prepared answers on a socket of its own. */
export interface TestEngine {
  /** The socket's path, absolute. */
  readonly socket: string;
  /** What was asked, as `GET /path`. */
  readonly requests: readonly string[];
}

/** Starts an engine; it ends with its test. */
export type StartEngine = (answer: RequestListener) => Promise<TestEngine>;

/** Gives the enclosing suite engines. */
export function testEngines(): StartEngine {
  const folder = testFolder();
  const stops: (() => void)[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
  });
  return async (answer) => {
    const requests: string[] = [];
    const server = createServer((request: IncomingMessage, response: ServerResponse) => {
      requests.push(`${request.method} ${request.url}`);
      answer(request, response);
    });
    const socket = folder.path("engine.sock");
    server.listen(socket);
    await once(server, "listening");
    stops.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { socket, requests };
  };
}

/** The answers of an engine that has one image under every name: its id, and its archive. */
export function engineWith(id: string, archive: Uint8Array): RequestListener {
  return (request, response) => {
    const body = request.url?.endsWith("/json") === true ? JSON.stringify({ Id: id }) : archive;
    response.end(body);
  };
}
