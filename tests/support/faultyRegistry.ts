import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer, type LookupFunction, type Socket } from "node:net";
import type { Certificates } from "./certificates";
import { portOf } from "./countingProxy";
import { type TinyAnswer, type TinyRegistry, type TinyRequest, tinyRegistry } from "./tinyRegistry";

/** What happens to one request. Of its kinds only `cut` says whether the registry has acted; `changed` has, `instead` has not. */
export type Fault =
  | { readonly kind: "none" }
  /** There is no connection to send it over. The last two need TLS. */
  | {
      readonly kind: "connection";
      readonly how: "refused" | "unknownHost" | "noNameServer" | "badCertificate" | "stalled";
    }
  /** The connection ends: while the request's body is on its way, before the answer, or within it (within its body, if it has one). */
  | {
      readonly kind: "cut";
      readonly at: "request" | "unapplied" | "applied" | "answer";
      readonly how: "reset" | "end";
    }
  /** Nothing comes, or nothing after the answer's headers and half of the body that they announce. */
  | { readonly kind: "stall"; readonly at: "headers" | "body" }
  /** The registry does what is asked, and its answer is changed on the way. `bodyOfHead`: a HEAD is answered with a body. */
  | {
      readonly kind: "changed";
      readonly change: (answer: TinyAnswer) => TinyAnswer;
      readonly bodyOfHead?: boolean;
    }
  /** The registry does nothing, and answers this. */
  | { readonly kind: "instead"; readonly answer: (request: TinyRequest) => TinyAnswer };

/** A registry that is faulty once. */
export interface FaultyRegistry {
  /** What it holds. */
  readonly content: TinyRegistry;
  /** `registry.example.test:port`. */
  readonly address: string;
  /** By which this and all other hosts under `example.test` are this machine, but for {@link metadataHost}. */
  readonly lookup: LookupFunction;
  /** How many requests there were, those that no connection could be made for among them. */
  requests(): number;
  openConnections(): number;
  stop(): Promise<void>;
}

/** A host that is at the address of a cloud's metadata service. */
export const metadataHost = "metadata.example.test";

/**
 * Starts a registry on this machine that does everything right but for one request.
 * @param fault - what happens to that request.
 * @param position - which one it is, counted from 1.
 * @param tls - what to prove itself with: `bad` is from an authority that nobody trusts. Without it, plain HTTP is spoken.
 */
export async function faultyRegistry(
  fault: Fault,
  position: number,
  tls?: { readonly good: Certificates; readonly bad: Certificates },
): Promise<FaultyRegistry> {
  const content = tinyRegistry();
  const scheme = tls === undefined ? "http" : "https";
  const sockets = new Set<Socket>();
  let [requests, attempts, unsent] = [0, 0, 0];

  const handle = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const isFaulty = ++requests === position && fault.kind !== "connection";
    // A request for each connection, so that the fault of a connection meets the right request.
    outgoing.shouldKeepAlive = fault.kind !== "connection";
    void answer(content, scheme, incoming, outgoing, isFaulty ? fault : { kind: "none" });
  };
  const serve = tls === undefined ? createServer(handle) : createTlsServer(tls.good, handle);
  const distrusted = createTlsServer(tls?.bad ?? {});
  distrusted.on("tlsClientError", () => {});

  /** What is wrong with the connection that is made at the moment: there is one at a time. */
  const trouble = () => (fault.kind === "connection" && attempts === position ? fault.how : undefined);
  const front = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    if (trouble() === "stalled") socket.resume();
    else (trouble() === "badCertificate" ? distrusted : serve).emit("connection", socket);
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));

  const lookup: LookupFunction = (hostname, _options, callback) => {
    if (hostname === metadataHost) return callback(null, [{ address: "169.254.169.254", family: 4 }]);
    attempts++;
    if (trouble() !== undefined) unsent++;
    if (trouble() === "unknownHost") return callback(failedLookup("ENOTFOUND"), []);
    if (trouble() === "noNameServer") return callback(failedLookup("EAI_AGAIN"), []);
    // This machine too, but nothing listens there.
    callback(null, [{ address: trouble() === "refused" ? "127.0.0.2" : "127.0.0.1", family: 4 }]);
  };

  return {
    content,
    address: `registry.example.test:${portOf(front)}`,
    lookup,
    requests: () => requests + unsent,
    openConnections: () => sockets.size,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => front.close(resolve));
    },
  };
}

function failedLookup(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ${code}`), { code });
}

async function answer(
  content: TinyRegistry,
  scheme: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: Fault,
): Promise<void> {
  const cuts = fault.kind === "cut" ? fault : undefined;
  if (cuts?.at === "request") {
    incoming.once("data", () => cut(outgoing, cuts.how));
    return;
  }
  const { method = "", headers } = incoming;
  const url = new URL(incoming.url ?? "", `${scheme}://${headers.host}`);
  const request = { method, url, headers, body: await bodyOf(incoming) };
  if (fault.kind === "instead") return send(outgoing, method, fault.answer(request));
  if (cuts?.at === "unapplied") return cut(outgoing, cuts.how);
  if (fault.kind === "stall" && fault.at === "headers") return;
  const right = content.answer(request);
  if (cuts?.at === "applied") return cut(outgoing, cuts.how);
  if (cuts !== undefined) return sendHalf(outgoing, method, right, () => cut(outgoing, cuts.how));
  if (fault.kind === "stall") return sendWithoutEnd(outgoing, right);
  if (fault.kind !== "changed") return send(outgoing, method, right);
  if (method === "HEAD" && fault.bodyOfHead) return sendRaw(outgoing, right);
  send(outgoing, method, fault.change(right));
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk);
  } catch {
    // A client that breaks off is no failure of the test's server.
  }
  return Buffer.concat(chunks);
}

function cut({ socket }: ServerResponse, how: "reset" | "end"): void {
  if (how === "reset") socket?.resetAndDestroy();
  else socket?.end();
}

function send(outgoing: ServerResponse, method: string, { status, headers, body }: TinyAnswer): void {
  outgoing.writeHead(status, { ...headers, "content-length": body.length });
  outgoing.end(method === "HEAD" ? undefined : body);
}

/** An answer that breaks off half-way: in its body, if it has one, else in its head. */
function sendHalf(outgoing: ServerResponse, method: string, { status, headers, body }: TinyAnswer, then: () => void) {
  if (method === "HEAD" || body.length === 0) {
    outgoing.socket?.write(`HTTP/1.1 ${status} Half of a re`, then);
    return;
  }
  outgoing.writeHead(status, { ...headers, "content-length": body.length });
  outgoing.write(body.subarray(0, body.length / 2), then);
}

/** An answer whose body stops half-way; one without a body gets one that does not even begin. */
function sendWithoutEnd(outgoing: ServerResponse, { status, headers, body }: TinyAnswer): void {
  outgoing.writeHead(status, { ...headers, "content-length": Math.max(body.length, 2) });
  outgoing.flushHeaders();
  if (body.length > 0) outgoing.write(body.subarray(0, body.length / 2));
}

/** What Node's server would never send: a body after the answer to a HEAD. */
function sendRaw({ socket }: ServerResponse, { status, headers, body }: TinyAnswer): void {
  const lines = Object.entries({ ...headers, "content-length": body.length }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket?.write(Buffer.concat([Buffer.from(`HTTP/1.1 ${status} OK\r\n${lines.join("\r\n")}\r\n\r\n`), body]));
}
