import type { IncomingMessage, ServerResponse } from "node:http";
import { startServer, type TestServer } from "../http/servers";

/** One answer of a scripted registry; `undefined` cuts the connection instead. */
export type Answer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
      /** Send so many bytes of the body, then cut the connection. */
      readonly cutAfter?: number;
    }
  | undefined;

/** What a scripted registry was asked. */
export interface Asked {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** A registry that answers as a test says. */
export interface FakeRegistry {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Everything it was asked, in order. */
  readonly asked: readonly Asked[];
  /** `METHOD path` of each request, without `/v2/<repository>/`. */
  lines(): readonly string[];
  stop(): Promise<void>;
}

/**
 * Starts a registry for one test.
 * @param answer - called with each request when all of its body is there.
 */
export async function fakeRegistry(answer: (asked: Asked) => Answer): Promise<FakeRegistry> {
  const asked: Asked[] = [];
  const server: TestServer = await startServer(async (request, response) => {
    const url = new URL(request.url ?? "", "http://registry.example");
    const { method = "", headers } = request;
    const one = { method, path: url.pathname, url, headers, body: await bodyOf(request) };
    asked.push(one);
    reply(response, answer(one));
  });
  return {
    address: `127.0.0.1:${server.port}`,
    asked,
    lines: () => asked.map(({ method, path }) => `${method} ${path.replace(/^\/v2\/team\/server\//, "")}`),
    stop: () => server.close(),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    // A client that breaks off is no failure of the test's server.
  }
  return Buffer.concat(chunks);
}

function reply(response: ServerResponse, answer: Answer): void {
  if (answer === undefined) {
    response.destroy();
    return;
  }
  const { status, headers = {}, body = "", cutAfter } = answer;
  const bytes = Buffer.from(body);
  const hasLength = bytes.length > 0 && headers["transfer-encoding"] === undefined;
  response.writeHead(status, { ...(hasLength && { "content-length": bytes.length }), ...headers });
  if (cutAfter === undefined) response.end(bytes);
  else response.write(bytes.subarray(0, cutAfter), () => response.destroy());
}

/** The body of an error of the distribution specification. */
export function errorBody(code: string, message: string): string {
  return JSON.stringify({ errors: [{ code, message }] });
}
