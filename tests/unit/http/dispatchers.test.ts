import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { TLSSocket } from "node:tls";
import { hasCode, messageOf } from "../../../provider/errors";
import { discardBody } from "../../../provider/http/body";
import type { HttpRequest } from "../../../provider/http/message";
import type { TransportOptions } from "../../../provider/http/transport";
import { makeCertificates } from "../../support/certificates";
import { harness, loopback } from "./harness";
import { startProxy, startServer } from "./servers";

const { ca, cert, key, clientCert, clientKey } = makeCertificates();

const refusal = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";

describe("createDispatchers", () => {
  const { keep, transport, tcpServer, get } = harness();

  /** A registry and a storage in one, behind a proxy; it asks for a client's certificate, but lets everybody in. */
  async function world() {
    const clients: string[] = [];
    const started = await startServer(
      (request, response) => {
        const isKnown = request.socket instanceof TLSSocket && request.socket.authorized;
        clients.push(`${request.headers.host} ${isKnown ? "with" : "without"} certificate`);
        if (request.url === "/redirect") response.writeHead(307, { location: "https://storage.example.test/blob" });
        response.end("hello");
      },
      { cert, key, ca, requestCert: true, rejectUnauthorized: false },
    );
    const registry = keep(started);
    const proxy = keep(await startProxy(() => registry.port));
    return { registry, proxy, clients };
  }

  const send = (url: string, environment: TransportOptions["environment"], more: Partial<HttpRequest> = {}) =>
    transport({ environment, caCertificate: ca }).send(get(new URL(url), { redirects: "follow", ...more }));

  it("reaches a named host through the proxy's tunnel", async () => {
    const { proxy } = await world();
    const response = await send("https://registry.example.test/", { HTTPS_PROXY: proxy.url().href });
    assert.equal(await text(response.body), "hello");
    assert.deepEqual(proxy.tunnels, ["registry.example.test:443"]);
  });

  it("checks the server's certificate through the tunnel", async () => {
    const { proxy } = await world();
    await assert.rejects(send("https://evil.example.test/", { HTTPS_PROXY: proxy.url().href }), (error) =>
      hasCode(error, "ERR_TLS"),
    );
  });

  it("sends plain HTTP through the proxy without a tunnel", async () => {
    const { proxy } = await world();
    const response = await send("http://registry.example.test/v2/", { HTTP_PROXY: proxy.url().href });
    assert.equal(await text(response.body), "from the proxy");
    assert.deepEqual(proxy.tunnels, []);
    assert.equal(proxy.requests[0]?.path, "http://registry.example.test/v2/");
  });

  it("gives the proxy its credentials, and the registry none of them", async () => {
    const { proxy, registry } = await world();
    const withUser = `http://user:pass%40word@127.0.0.1:${proxy.port}`;
    await text(
      (await send("https://registry.example.test/", { HTTPS_PROXY: withUser }, { authorization: "Bearer t" })).body,
    );
    const expected = `Basic ${Buffer.from("user:pass@word").toString("base64")}`;
    assert.deepEqual(
      [proxy.requests[0]?.headers["proxy-authorization"], proxy.requests[0]?.headers["authorization"]],
      [expected, undefined],
    );
    assert.equal(registry.requests[0]?.headers["proxy-authorization"], undefined);
  });

  it("goes round the proxy where NO_PROXY says so", async () => {
    const { proxy, registry } = await world();
    const environment = { HTTPS_PROXY: proxy.url().href, NO_PROXY: "example.test" };
    const url = new URL(`https://registry.example.test:${registry.port}/`);
    const response = await transport({ environment, caCertificate: ca, lookup: loopback }).send(get(url));
    assert.equal(await text(response.body), "hello");
    assert.deepEqual(proxy.tunnels, []);
  });

  it("follows a redirect to another host through the proxy", async () => {
    const { proxy, registry } = await world();
    const environment = { HTTPS_PROXY: proxy.url().href };
    const request = { authorization: "Bearer t" };
    assert.equal(
      await text((await send("https://registry.example.test/redirect", environment, request)).body),
      "hello",
    );
    assert.deepEqual(proxy.tunnels, ["registry.example.test:443", "storage.example.test:443"]);
    assert.deepEqual(
      registry.requests.map(({ headers }) => headers["authorization"]),
      ["Bearer t", undefined],
    );
  });

  it("security row 2: shows the client's certificate to the registry and to no other host", async () => {
    const { proxy, clients } = await world();
    const environment = { HTTPS_PROXY: proxy.url().href };
    const client = transport({ environment, caCertificate: ca, clientCertificate: clientCert, clientKey });
    const url = new URL("https://registry.example.test/redirect");
    await discardBody(await client.send(get(url, { redirects: "follow" })));
    assert.deepEqual(clients, ["registry.example.test with certificate", "storage.example.test without certificate"]);
  });

  for (const host of ["169.254.169.254", "[fd00:ec2::254]", "10.0.0.1"])
    it(`security row 1: refuses ${host} as an untrusted host, without asking the proxy`, async () => {
      const { proxy } = await world();
      const environment = { HTTPS_PROXY: proxy.url().href, HTTP_PROXY: proxy.url().href };
      await assert.rejects(send(`http://${host}/latest/meta-data`, environment, { host: "untrusted" }), (error) =>
        hasCode(error, "ERR_ADDRESS_REFUSED"),
      );
      assert.equal(proxy.totalConnections(), 0);
    });

  it("tells that the proxy refuses, and what to check", async () => {
    const refusing = await tcpServer(refusal);
    await assert.rejects(
      send("https://registry.example.test/", { HTTPS_PROXY: refusing.url().href }),
      (error) =>
        hasCode(error, "ERR_TRANSPORT") && !error.details.retryable && /proxy answered 407/.test(messageOf(error)),
    );
  });

  it("tells a proxy's refusal of plain HTTP alike", async () => {
    const refusing = await tcpServer(refusal);
    await assert.rejects(
      send("http://registry.example.test/", { HTTP_PROXY: refusing.url().href }),
      (error) => hasCode(error, "ERR_TRANSPORT") && /proxy answered 407/.test(messageOf(error)),
    );
  });

  it("does not wait for a silent proxy any longer than for a server", async () => {
    const silent = await tcpServer("", false);
    const client = transport({ timeoutMs: 50, environment: { HTTPS_PROXY: silent.url().href } });
    await assert.rejects(client.send(get(new URL("https://registry.example.test/"))), (error) =>
      hasCode(error, "ERR_TIMEOUT"),
    );
  });
});
