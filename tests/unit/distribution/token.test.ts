import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { text } from "node:stream/consumers";
import type { Realm } from "../../../provider/distribution/realm";
import { basicCredentials } from "../../../provider/distribution/resolvedCredentials";
import { fetchToken, type TokenRequest } from "../../../provider/distribution/token";
import { hasCode, hasStatus, messageOf } from "../../../provider/errors";
import { createTransport, type TransportOptions } from "../../../provider/http/transport";
import { startServer, type TestServer } from "../http/servers";
import { manualClock } from "./manualClock";

const user = { kind: "basic", username: "alice", password: "canary-password" } as const;
const identityToken = { kind: "identityToken", token: "canary-identity" } as const;
const nobody = { kind: "anonymous" } as const;

describe("fetchToken", () => {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const thing of opened.splice(0)) await thing.close();
  });

  const granting: RequestListener = (_, response) => response.end('{"token":"granted-token"}');

  async function server(handler: RequestListener): Promise<TestServer> {
    const started = await startServer(handler);
    opened.push(started);
    return started;
  }

  function ask(
    url: URL,
    more: Partial<TokenRequest> = {},
    options: Partial<TransportOptions> = {},
    host: Realm["host"] = "named",
  ) {
    const transport = createTransport({ timeoutMs: 5000, environment: {}, ...options });
    opened.push(transport);
    const realm = { url, host, mayReceiveCredentials: true };
    const request = { address: "r.example.com", realm, service: "s", scopes: [], credentials: nobody, ...more };
    return fetchToken({ transport, clock: manualClock() }, request);
  }

  describe("for a user and a password", () => {
    it("sends a GET with Basic, service, account and each scope", async () => {
      const { url, requests } = await server(granting);
      const scopes = ["repository:a:pull", "repository:b:pull,push"];
      assert.equal((await ask(url("/token?tenant=1"), { credentials: user, scopes })).value, "granted-token");
      const [request] = requests;
      const sent = new URL(request?.path ?? "", url());
      assert.deepEqual(
        [request?.method, request?.headers["authorization"], sent.pathname, [...sent.searchParams]],
        [
          "GET",
          `Basic ${Buffer.from("alice:canary-password").toString("base64")}`,
          "/token",
          [
            ["tenant", "1"],
            ["client_id", "pulumi-multiarch"],
            ["service", "s"],
            ["account", "alice"],
            ["scope", "repository:a:pull"],
            ["scope", "repository:b:pull,push"],
          ],
        ],
      );
    });
  });

  describe("for nobody", () => {
    it("sends a GET without authorization and account", async () => {
      const { url, requests } = await server(granting);
      await ask(url(), { service: undefined });
      const [request] = requests;
      assert.deepEqual([request?.path, request?.headers["authorization"]], ["/?client_id=pulumi-multiarch", undefined]);
    });
  });

  describe("for an identity token", () => {
    it("sends an OAuth 2 form, the token in it and nowhere else", async () => {
      const bodies: Promise<string>[] = [];
      const { url, requests } = await server((request, response) => {
        bodies.push(text(request));
        granting(request, response);
      });
      await ask(url("/token"), { credentials: identityToken, scopes: ["repository:a:pull", "repository:b:pull"] });
      const [request] = requests;
      assert.deepEqual(
        [request?.method, request?.path, request?.headers["authorization"], request?.headers["content-type"]],
        ["POST", "/token", undefined, "application/x-www-form-urlencoded"],
      );
      assert.deepEqual(Object.fromEntries(new URLSearchParams(await bodies[0])), {
        client_id: "pulumi-multiarch",
        service: "s",
        grant_type: "refresh_token",
        refresh_token: "canary-identity",
        scope: "repository:a:pull repository:b:pull",
      });
    });
  });

  it("security row 11: encodes what the registry's challenge said", async () => {
    const { url, requests } = await server(granting);
    await ask(url(), { service: "s&account=root#\r\nx: y" });
    const sent = new URL(requests[0]?.path ?? "", url()).searchParams;
    assert.deepEqual([sent.get("service"), sent.get("account")], ["s&account=root#\r\nx: y", null]);
  });

  for (const credentials of [user, identityToken])
    it(`security row 2: follows no redirect with ${credentials.kind} credentials`, async () => {
      const elsewhere = await server(granting);
      const { url } = await server((_, response) => response.writeHead(307, { location: elsewhere.url().href }).end());
      await assert.rejects(ask(url(), { credentials }), (error) => hasStatus(error, 307));
      assert.equal(elsewhere.requests.length, 0);
    });

  it("security row 1: asks no untrusted host whose name resolves to a private address, and says what helps", async () => {
    const { url, requests } = await server(granting);
    const lookup: TransportOptions["lookup"] = (_name, options, callback) =>
      options.all ? callback(null, [{ address: "127.0.0.1", family: 4 }]) : callback(null, "127.0.0.1", 4);
    const realm = new URL(`http://auth.example.com:${url().port}/token`);
    await assert.rejects(
      ask(realm, {}, { lookup }, "untrusted"),
      (error) =>
        hasCode(error, "ERR_ADDRESS_REFUSED") && /add "auth\.example\.com:\d+" to `authRealms`/.test(error.message),
    );
    assert.equal(requests.length, 0);
  });

  for (const status of [401, 403])
    it(`says with ${status} who was refused, what the server said, and what to do`, async () => {
      const body = JSON.stringify({ errors: [{ code: "UNAUTHORIZED", message: "wrong password" }] });
      const { url } = await server((_, response) => response.writeHead(status).end(body));
      await assert.rejects(ask(url(), { credentials: user }), (error) => {
        assert.ok(hasCode(error, "ERR_AUTH"));
        assert.match(error.message, /UNAUTHORIZED: wrong password/);
        assert.match(error.message, /refused user "alice"/);
        assert.match(error.message, /docker login r\.example\.com/);
        return true;
      });
    });

  it("leaves a server that is too busy to the caller's retries", async () => {
    const { url } = await server((_, response) => response.writeHead(503, { "retry-after": "7" }).end());
    await assert.rejects(ask(url()), (error) => hasStatus(error, 503) && error.details.retryAfterMs === 7000);
  });

  const unusable: readonly (readonly [title: string, body: string])[] = [
    ["is no JSON", "<html>canary</html>"],
    ["has no token", '{"expires_in":60}'],
    ["has a token of another type", '{"token":{"canary":1}}'],
  ];
  for (const [title, body] of unusable)
    it(`refuses an answer that ${title}`, async () => {
      const { url } = await server((_, response) => response.end(body));
      await assert.rejects(ask(url()), (error) => hasCode(error, "ERR_AUTH") && !error.message.includes("canary"));
    });

  it("security row 6: reads no more than 64 KiB", async () => {
    const { url } = await server((_, response) => response.end(`{"token":"${"x".repeat(65_536)}"}`));
    await assert.rejects(ask(url()), (error) => hasCode(error, "ERR_CONTENT_TOO_LARGE"));
  });

  it("security row 15: repeats no secret that the server sends back", async () => {
    basicCredentials("r.example.com", user.username, user.password);
    const { url } = await server((request, response) => {
      const errors = [{ code: "DENIED", message: `${request.headers.authorization} canary-password` }];
      response.writeHead(401).end(JSON.stringify({ errors }));
    });
    const basic = Buffer.from("alice:canary-password").toString("base64");
    await assert.rejects(ask(url(), { credentials: user }), (error) => {
      const said = `${messageOf(error)} ${JSON.stringify(error)} ${error instanceof Error ? messageOf(error.cause) : ""}`;
      return !said.includes("canary-password") && !messageOf(error).includes(basic);
    });
  });
});
