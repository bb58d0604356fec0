import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { hasCode, messageOf } from "../../../provider/errors";
import { discardBody, readBody } from "../../../provider/http/body";
import { harness } from "./harness";
import { startServer } from "./servers";

describe("createTransport", () => {
  const { transport, server, tcpServer, get } = harness();

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

    it("are used again after a HEAD", async () => {
      const registry = await server((_, response) => response.writeHead(200, { "content-length": "7" }).end());
      const client = transport();
      for (let count = 0; count < 5; count++)
        await discardBody(await client.send({ ...get(registry.url()), method: "HEAD" }));
      assert.ok(registry.totalConnections() <= 2);
    });

    it("are not used again after a HEAD that was answered with a body", async () => {
      const registry = await tcpServer("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nshort", false);
      const client = transport();
      for (let count = 0; count < 5; count++) {
        await discardBody(await client.send({ ...get(registry.url()), method: "HEAD" }));
        assert.equal(await text((await client.send(get(registry.url()))).body), "short");
      }
    });

    it("are at most 32 to an origin", async () => {
      const waiting: ServerResponse[] = [];
      const registry = await server((_, response) => {
        if (waiting.push(response) === 32) for (const held of waiting.splice(0)) held.end("x");
      });
      const client = transport();
      await Promise.all(Array.from({ length: 64 }, async () => text((await client.send(get(registry.url()))).body)));
      assert.equal(registry.totalConnections(), 32);
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
});
