import assert from "node:assert/strict";
import type { RequestListener, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { hasCode, messageOf, ProviderError } from "../../../provider/errors";
import { discardBody, readBody } from "../../../provider/http/body";
import type { HttpRequest, Transport } from "../../../provider/http/message";
import { createTransport, type TransportOptions } from "../../../provider/http/transport";
import { startServer, startTcpServer, type TestServer } from "./servers";

describe("createTransport", () => {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const thing of opened.splice(0).reverse()) await thing.close();
  });

  function transport(options: Partial<TransportOptions> = {}): Transport {
    const created = createTransport({ timeoutMs: 5000, environment: {}, ...options });
    opened.push(created);
    return created;
  }

  async function server(handler: RequestListener): Promise<TestServer> {
    const started = await startServer(handler);
    opened.push(started);
    return started;
  }

  async function tcpServer(answer: string, end = true) {
    const started = await startTcpServer((socket) => {
      socket.once("data", () => (end ? socket.end(answer) : socket.write(answer)));
    });
    opened.push(started);
    return started;
  }

  const get = (url: URL, more: Partial<HttpRequest> = {}): HttpRequest => ({
    method: "GET",
    url,
    redirects: "refuse",
    host: "named",
    ...more,
  });

  describe("a request", () => {
    it("arrives with its method, path, headers and authorization", async () => {
      const registry = await server((_, response) => response.end());
      const url = registry.url("/v2/a/manifests/1?x=y");
      await transport().send(get(url, { headers: { accept: "a/b" }, authorization: "Bearer t" }));
      const [request] = registry.requests;
      assert.deepEqual([request?.method, request?.path], ["GET", "/v2/a/manifests/1?x=y"]);
      assert.deepEqual([request?.headers["accept"], request?.headers["authorization"]], ["a/b", "Bearer t"]);
    });

    it("security row 7: always asks for an unencoded body", async () => {
      const registry = await server((_, response) => response.end());
      await transport().send(get(registry.url(), { headers: { "accept-encoding": "gzip" } }));
      assert.equal(registry.requests[0]?.headers["accept-encoding"], "identity");
    });

    const bodies: readonly (readonly [string, NonNullable<HttpRequest["body"]>])[] = [
      ["bytes", Buffer.from("content")],
      ["a stream", { length: 7, open: () => Readable.from([Buffer.from("con"), Buffer.from("tent")]) }],
    ];
    for (const [kind, body] of bodies)
      it(`sends ${kind} with the length announced`, async () => {
        const registry = await server(async (request, response) => response.end(await text(request)));
        const response = await transport().send(get(registry.url(), { method: "PUT", body }));
        assert.equal(await text(response.body), "content");
        assert.equal(registry.requests[0]?.headers["content-length"], "7");
      });

    it("sends a stream once more, opened afresh, after a redirect within the origin", async () => {
      const registry = await server(async (request, response) => {
        const content = await text(request);
        if (request.url === "/a") response.writeHead(307, { location: "/b" }).end();
        else response.end(content);
      });
      let opens = 0;
      const open = () => {
        opens++;
        return Readable.from([Buffer.from("content")]);
      };
      const request = get(registry.url("/a"), { method: "PUT", body: { length: 7, open }, redirects: "sameOrigin" });
      assert.equal(await text((await transport().send(request)).body), "content");
      assert.equal(opens, 2);
    });

    it("fails as its body fails", async () => {
      const registry = await server((request) => request.resume());
      const error = new ProviderError("ERR_DIGEST_MISMATCH", "changed", { expected: "a", actual: "b" });
      const open = () => {
        const body = new Readable({ read: () => body.destroy(error) });
        return body;
      };
      const request = get(registry.url(), { method: "PUT", body: { length: 7, open } });
      await assert.rejects(transport().send(request), error);
    });

    it("fails when its body is not as long as announced", async () => {
      const registry = await server((request, response) => request.resume().on("end", () => response.end()));
      const body = { length: 8, open: () => Readable.from([Buffer.from("content")]) };
      await assert.rejects(transport().send(get(registry.url(), { method: "PUT", body })), (error) =>
        hasCode(error, "ERR_CONTENT_INVALID"),
      );
    });
  });

  describe("a response", () => {
    it("has status, url, body, and repeated headers joined", async () => {
      const registry = await server((_, response) => {
        response.writeHead(401, { "www-authenticate": ["Basic x", "Bearer y"] }).end("body");
      });
      const { status, url, headers, body } = await transport().send(get(registry.url("/v2/")));
      assert.deepEqual([status, url.href], [401, registry.url("/v2/").href]);
      assert.equal(headers["www-authenticate"], "Basic x, Bearer y");
      assert.equal(await text(body), "body");
    });

    it("to HEAD has no body, whatever its Content-Length", async () => {
      const registry = await server((_, response) => response.writeHead(200, { "content-length": "500" }).end());
      const { headers, body } = await transport().send(get(registry.url(), { method: "HEAD" }));
      assert.deepEqual([headers["content-length"], await text(body)], ["500", ""]);
    });

    it("comes from where the redirects led", async () => {
      const registry = await server((request, response) => {
        if (request.url === "/a") response.writeHead(302, { location: "/b" });
        response.end("body");
      });
      const response = await transport().send(get(registry.url("/a"), { redirects: "follow" }));
      assert.equal(response.url.href, registry.url("/b").href);
    });

    for (const encoding of ["gzip", "br, gzip", "deflate"])
      it(`security row 7: is refused with Content-Encoding ${encoding}`, async () => {
        const registry = await server((_, response) =>
          response.writeHead(200, { "content-encoding": encoding }).end("x"),
        );
        await assert.rejects(transport().send(get(registry.url())), (error) => hasCode(error, "ERR_CONTENT_INVALID"));
      });

    it("may say that its encoding is identity", async () => {
      const registry = await server((_, response) =>
        response.writeHead(200, { "content-encoding": "identity" }).end("x"),
      );
      assert.equal(await text((await transport().send(get(registry.url()))).body), "x");
    });

    it("security row 6: is refused with more than 16 KiB of headers", async () => {
      const registry = await server((_, response) => response.writeHead(200, { "x-long": "x".repeat(17_000) }).end());
      await assert.rejects(transport().send(get(registry.url())), (error) => hasCode(error, "ERR_CONTENT_TOO_LARGE"));
    });

    it("is not read ahead of its reader by much", async () => {
      let sent = 0;
      const registry = await server((_, response) => {
        const source = new Readable({
          read() {
            sent += 65_536;
            this.push(sent > 64 * 1024 * 1024 ? null : Buffer.alloc(65_536));
          },
        });
        source.pipe(response);
      });
      const { body } = await transport().send(get(registry.url()));
      for await (const _ of body) break;
      assert.ok(sent < 32 * 1024 * 1024, `${sent} bytes`);
    });
  });

  describe("a failure", () => {
    it("tells that nothing listens", async () => {
      const registry = await startServer((_, response) => response.end());
      await registry.close();
      await assert.rejects(
        transport().send(get(registry.url())),
        (error) => hasCode(error, "ERR_TRANSPORT") && error.details.retryable && /nothing listens/.test(error.message),
      );
    });

    it("tells that the host name is not known", async () => {
      const notFound = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
      const unknown = transport({ lookup: (_hostname, _options, callback) => callback(notFound, []) });
      await assert.rejects(
        unknown.send(get(new URL("http://typo.example/"))),
        (error) => hasCode(error, "ERR_TRANSPORT") && !error.details.retryable && /not known/.test(error.message),
      );
    });

    it("tells that the connection broke before an answer", async () => {
      const registry = await tcpServer("");
      await assert.rejects(
        transport().send(get(registry.url())),
        (error) => hasCode(error, "ERR_TRANSPORT") && error.details.retryable,
      );
    });

    it("tells that the answer is not HTTP", async () => {
      const registry = await tcpServer("\x15\x03\x03\x00\x02\x02\x46");
      await assert.rejects(
        transport().send(get(registry.url())),
        (error) => hasCode(error, "ERR_TRANSPORT") && /leave plainHttp out/.test(error.message),
      );
    });

    const cut: readonly (readonly [string, string])[] = [
      ["a body shorter than announced", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort"],
      [
        "such a body with Connection: close",
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\nconnection: close\r\n\r\nshort",
      ],
      ["a chunked body without end", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nshort\r\n"],
      [
        "such a body with Connection: close",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n5\r\nshort\r\n",
      ],
    ];
    for (const [title, answer] of cut)
      it(`while the body is read is worth a retry: ${title} (${answer.includes("chunked") ? "chunked" : "plain"})`, async () => {
        const registry = await tcpServer(answer);
        const response = await transport().send(get(registry.url()));
        await assert.rejects(
          readBody(response, 1000, "manifest"),
          (error) => hasCode(error, "ERR_TRANSPORT") && error.details.retryable && error.details.method === "GET",
        );
      });

    it("of a body that nobody reads does no harm", async () => {
      const registry = await tcpServer("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort");
      const { body } = await transport().send(get(registry.url()));
      while (!body.destroyed) await setImmediate();
      assert.ok(hasCode(body.errored, "ERR_TRANSPORT"));
    });

    it("says no secret of the URL", async () => {
      const registry = await tcpServer("");
      await assert.rejects(transport().send(get(registry.url("/x?sig=swordfish"))), (error) =>
        messageOf(error).includes("/x?sig=[redacted]"),
      );
    });
  });

  describe("a time-out", () => {
    const late = (error: unknown) => hasCode(error, "ERR_TIMEOUT") && error.details.timeoutMs === 50;

    it("ends the wait for headers", async () => {
      const registry = await server(() => {});
      await assert.rejects(transport({ timeoutMs: 50 }).send(get(registry.url())), late);
    });

    it("ends the wait for more of a body", async () => {
      const registry = await tcpServer("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort", false);
      const response = await transport({ timeoutMs: 50 }).send(get(registry.url()));
      await assert.rejects(readBody(response, 1000, "manifest"), late);
    });

    it("ends the wait for a connection", async () => {
      const stuck = transport({ timeoutMs: 50, lookup: () => {} });
      await assert.rejects(stuck.send(get(new URL("http://registry.example/"))), late);
    });
  });

  describe("connections", () => {
    it("are used again", async () => {
      const registry = await server((_, response) => response.end("x"));
      const client = transport();
      for (let count = 0; count < 5; count++) await text((await client.send(get(registry.url()))).body);
      assert.ok(registry.totalConnections() <= 2);
    });

    it("are used again after a body was discarded", async () => {
      const registry = await server((_, response) => response.end(Buffer.alloc(60_000)));
      const client = transport();
      for (let count = 0; count < 5; count++) await discardBody(await client.send(get(registry.url())));
      assert.ok(registry.totalConnections() <= 2);
    });

    it("are at most 16 to an origin", async () => {
      const waiting: ServerResponse[] = [];
      const registry = await server((_, response) => {
        if (waiting.push(response) === 16) for (const held of waiting.splice(0)) held.end("x");
      });
      const client = transport();
      await Promise.all(Array.from({ length: 64 }, async () => text((await client.send(get(registry.url()))).body)));
      assert.equal(registry.totalConnections(), 16);
    });

    it("are all gone after close, unread bodies or not", async () => {
      const registry = await server((_, response) => response.write(Buffer.alloc(1024 * 1024)));
      const client = transport();
      await client.send(get(registry.url()));
      await client.send(get(registry.url()));
      await client.close();
      while (registry.openConnections() > 0) await setImmediate();
      assert.equal(registry.totalConnections(), 2);
    });

    it("are not made after close", async () => {
      const registry = await server((_, response) => response.end());
      const client = transport();
      await discardBody(await client.send(get(registry.url())));
      await client.close();
      await assert.rejects(
        client.send(get(registry.url())),
        (error) => hasCode(error, "ERR_TRANSPORT") && !error.details.retryable,
      );
    });

    it("end when a body is destroyed before its end", async () => {
      let isOver = false;
      const registry = await server((_, response) => {
        response.on("close", () => {
          isOver = true;
        });
        response.write(Buffer.alloc(1024 * 1024));
      });
      const { body } = await transport().send(get(registry.url()));
      body.destroy();
      while (!isOver) await setImmediate();
      assert.equal(body.errored, null);
    });
  });

  describe("an untrusted host", () => {
    const refused = (error: unknown) => hasCode(error, "ERR_ADDRESS_REFUSED");

    it("security row 1: is refused at a literal private address, without a connection", async () => {
      const other = await server((_, response) => response.end());
      await assert.rejects(transport().send(get(other.url(), { host: "untrusted" })), refused);
      assert.equal(other.totalConnections(), 0);
    });

    it("security row 1: is refused when its name resolves to a private address, without a connection", async () => {
      const other = await server((_, response) => response.end());
      const client = transport({
        lookup: (_hostname, _options, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]),
      });
      const url = new URL(`http://auth.example:${other.port}/token`);
      await assert.rejects(client.send(get(url, { host: "untrusted" })), refused);
      assert.equal(other.totalConnections(), 0);
    });

    it("security row 1: does not profit from a connection to the same host as a named one", async () => {
      const other = await server((_, response) => response.end());
      const client = transport({
        lookup: (_hostname, _options, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]),
      });
      const url = new URL(`http://auth.example:${other.port}/`);
      await discardBody(await client.send(get(url)));
      await assert.rejects(client.send(get(url, { host: "untrusted" })), refused);
    });

    it("security row 2: is what a redirect to another host leads to", async () => {
      const metadata = await server((_, response) => response.end("secret"));
      const registry = await server((_, response) => {
        response.writeHead(307, { location: `http://metadata.example:${metadata.port}/` }).end();
      });
      const client = transport({
        lookup: (_hostname, _options, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]),
      });
      await assert.rejects(client.send(get(registry.url(), { redirects: "follow" })), refused);
      assert.equal(metadata.totalConnections(), 0);
    });
  });

  it("security row 2: takes the authorization nowhere else, and never back", async () => {
    const registry = await server((request, response) => {
      if (request.url === "/a") response.writeHead(307, { location: storage.url("/b").href });
      response.end("blob");
    });
    const storage = await server((_, response) => response.writeHead(307, { location: registry.url("/c").href }).end());
    const request = get(registry.url("/a"), {
      authorization: "Bearer t",
      headers: { "x-secret": "s" },
      redirects: "follow",
    });
    assert.equal(await text((await transport().send(request)).body), "blob");
    const sent = [...registry.requests, ...storage.requests].map(({ path, headers }) => [
      path,
      headers["authorization"],
      headers["x-secret"],
    ]);
    assert.deepEqual(sent, [
      ["/a", "Bearer t", "s"],
      ["/c", undefined, undefined],
      ["/b", undefined, undefined],
    ]);
  });
});
