import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { hasCode, ProviderError } from "../../../provider/errors";
import { discardBody } from "../../../provider/http/body";
import type { HttpRequest } from "../../../provider/http/message";
import { always, harness, loopback } from "./harness";

describe("createTransport", () => {
  const { transport, server, get } = harness();

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

    it("keeps the bytes of a body that is labelled as encoded: their reader knows what they should be", async () => {
      const registry = await server((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("x"));
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

  describe("an untrusted host", () => {
    const refused = (error: unknown) => hasCode(error, "ERR_ADDRESS_REFUSED");

    it("security row 1: is refused at a literal private address, without a connection", async () => {
      const other = await server((_, response) => response.end());
      await assert.rejects(transport().send(get(other.url(), { host: "untrusted" })), refused);
      assert.equal(other.totalConnections(), 0);
    });

    it("security row 1: is refused when its name resolves to a private address, without a connection", async () => {
      const other = await server((_, response) => response.end());
      const client = transport({ lookup: loopback });
      const url = new URL(`http://auth.example:${other.port}/token`);
      await assert.rejects(client.send(get(url, { host: "untrusted" })), refused);
      assert.equal(other.totalConnections(), 0);
    });

    it("security row 1: does not profit from a connection to the same host as a named one", async () => {
      const other = await server((_, response) => response.end());
      const client = transport({ lookup: loopback });
      const url = new URL(`http://auth.example:${other.port}/`);
      await discardBody(await client.send(get(url)));
      await assert.rejects(client.send(get(url, { host: "untrusted" })), refused);
    });

    it("security row 2: is what a redirect to another host leads to", async () => {
      const registry = await server((_, response) => {
        response.writeHead(307, { location: "http://metadata.example/" }).end();
      });
      const client = transport({ lookup: always("169.254.169.254") });
      await assert.rejects(client.send(get(registry.url(), { redirects: "follow" })), refused);
    });
  });

  describe("a redirect to another host", () => {
    it("reaches this machine from a registry on this machine, without authorization", async () => {
      const storage = await server((_, response) => response.end("blob"));
      const location = `http://storage.example:${storage.port}/`;
      const registry = await server((_, response) => response.writeHead(307, { location }).end());
      const url = new URL(`http://registry.example:${registry.port}/`);
      const client = transport({ lookup: loopback });
      const response = await client.send(get(url, { redirects: "follow", authorization: "Bearer t" }));
      assert.equal(await text(response.body), "blob");
      assert.equal(storage.requests[0]?.headers["authorization"], undefined);
    });

    // Their addresses are not this machine's; a proxy stands in for all of them.
    const cases: readonly (readonly [registry: string, storage: string, isFollowed: boolean])[] = [
      ["10.0.0.5", "192.168.7.1", true],
      ["100.64.0.5", "[fd12::7]", true],
      ["[fd12::5]", "8.8.8.8", true],
      ["10.0.0.5", "127.0.0.1", false],
      ["10.0.0.5", "169.254.169.254", false],
      ["10.0.0.5", "100.100.100.200", false],
      ["8.8.8.8", "10.0.0.5", false],
    ];
    for (const [registry, storage, isFollowed] of cases)
      it(`security row 2: ${isFollowed ? "is followed" : "is refused"} from ${registry} to ${storage}`, async () => {
        const proxy = await server((request, response) => {
          if (request.url === `http://${registry}/`) response.writeHead(307, { location: `http://${storage}/` });
          response.end(request.url);
        });
        const client = transport({ environment: { HTTP_PROXY: proxy.url().href } });
        const sent = client.send(get(new URL(`http://${registry}/`), { redirects: "follow" }));
        if (isFollowed) assert.equal(await text((await sent).body), `http://${storage}/`);
        else await assert.rejects(sent, (error) => hasCode(error, "ERR_ADDRESS_REFUSED"));
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
