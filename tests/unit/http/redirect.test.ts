import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { type ErrorCode, hasCode } from "../../../provider/errors";
import type { HttpRequest } from "../../../provider/http/message";
import { followRedirects } from "../../../provider/http/redirect";

const start: HttpRequest = {
  method: "GET",
  url: new URL("https://registry.example/v2/a/blobs/x"),
  headers: { accept: "application/json", range: "bytes=5-", "x-secret": "swordfish" },
  authorization: "Bearer token",
  redirects: "follow",
  host: "named",
};

type Step = readonly [status: number, location?: string];

/** Sends a request through these answers; after the last one comes a 200. */
async function follow(
  request: HttpRequest,
  steps: readonly Step[],
  beyond: (named: URL) => HttpRequest["host"] = () => "untrusted",
) {
  const hops: HttpRequest[] = [];
  const exchange = async (hop: HttpRequest) => {
    hops.push(hop);
    const [status, location] = steps[hops.length - 1] ?? [200];
    const headers: Record<string, string> = location === undefined ? {} : { location };
    return { status, headers, url: hop.url, body: Readable.from([]) };
  };
  const response = await followRedirects(request, exchange, beyond);
  return { hops, response, last: hops.at(-1) };
}

const refuses = (code: ErrorCode, request: HttpRequest, steps: readonly Step[]) =>
  assert.rejects(follow(request, steps), (error) => hasCode(error, code));

describe("followRedirects", () => {
  it("gives back a response that is no redirect", async () => {
    const { hops, response } = await follow(start, [[404]]);
    assert.deepEqual([hops.length, response.status], [1, 404]);
  });

  describe("within an origin", () => {
    it("keeps the authorization and all headers", async () => {
      const { last } = await follow(start, [[307, "/v2/b/blobs/x"]]);
      assert.deepEqual(last, { ...start, url: new URL("https://registry.example/v2/b/blobs/x") });
    });

    it("takes the default port for the same origin", async () => {
      const { last } = await follow(start, [[307, "https://registry.example:443/y"]]);
      assert.equal(last?.authorization, "Bearer token");
    });
  });

  describe("to another origin", () => {
    const elsewhere: readonly (readonly [string, string, string])[] = [
      ["another host", "https://registry.example/", "https://storage.example/x"],
      ["a subdomain", "https://registry.example/", "https://a.registry.example/x"],
      ["another port", "https://registry.example/", "https://registry.example:8443/x"],
      ["another scheme", "http://registry.example/", "https://registry.example/x"],
    ];
    for (const [what, from, to] of elsewhere)
      it(`security row 2: drops the authorization and all headers but accept and range on the way to ${what}`, async () => {
        const { last } = await follow({ ...start, url: new URL(from) }, [[307, to]]);
        assert.deepEqual(last?.headers, { accept: "application/json", range: "bytes=5-" });
        assert.equal(last?.authorization, undefined);
      });

    it("security row 2: does not restore the authorization on the way back to the registry", async () => {
      const { last } = await follow(start, [
        [307, "https://storage.example/x"],
        [307, "https://registry.example/v2/a/blobs/y"],
      ]);
      assert.deepEqual(
        [last?.authorization, last?.headers],
        [undefined, { accept: "application/json", range: "bytes=5-" }],
      );
    });

    it("security row 2: does not send a request's body along", async () => {
      const { last } = await follow({ ...start, body: Buffer.from("secret") }, [[307, "https://storage.example/x"]]);
      assert.equal(last?.body, undefined);
    });

    const hosts: readonly (readonly [string, readonly Step[], HttpRequest["host"]])[] = [
      ["another host is untrusted", [[307, "https://storage.example/"]], "untrusted"],
      ["another port of the same host stays named", [[307, "https://registry.example:8443/"]], "named"],
      [
        "a host stays untrusted on the way back",
        [
          [307, "https://s.example/"],
          [307, "https://registry.example/"],
        ],
        "untrusted",
      ],
    ];
    for (const [title, steps, expected] of hosts)
      it(title, async () => assert.equal((await follow(start, steps)).last?.host, expected));

    it("another host has the standing that the named one gives it", async () => {
      const beyond = ({ hostname }: URL) => (hostname === "registry.example" ? "internal" : "untrusted");
      assert.equal((await follow(start, [[307, "https://s.example/"]], beyond)).last?.host, "internal");
    });
    it("security row 2: a host that was redirected to gives no standing to the next one", async () => {
      const steps: readonly Step[] = [
        [307, "https://s.example/"],
        [307, "https://t.example/"],
      ];
      assert.equal((await follow(start, steps, () => "internal")).last?.host, "untrusted");
    });
  });

  for (const method of ["GET", "HEAD"] as const)
    for (const status of [301, 302, 303, 307, 308])
      it(`keeps ${method} on a ${status}`, async () => {
        const { last } = await follow({ ...start, method }, [[status, "/y"]]);
        assert.deepEqual([last?.method, last?.url.pathname], [method, "/y"]);
      });

  for (const status of [300, 304, 305, 306])
    it(`does not take ${status} for a redirect`, async () =>
      assert.equal((await follow(start, [[status, "/y"]])).response.status, status));

  describe("limits", () => {
    const hops = (count: number) => Array.from({ length: count }, (_, index): Step => [307, `/hop${index}`]);

    it("follows five redirects", async () => assert.equal((await follow(start, hops(5))).hops.length, 6));
    it("refuses the sixth", () => refuses("ERR_ADDRESS_REFUSED", start, hops(6)));
    it("refuses a loop", () =>
      refuses("ERR_ADDRESS_REFUSED", start, [
        [307, "/y"],
        [307, start.url.pathname],
      ]));
    it("security row 12: refuses to go from https to http", () =>
      refuses("ERR_ADDRESS_REFUSED", start, [[307, "http://registry.example/x"]]));
    it("security row 12: refuses http after a detour over another https host", () =>
      refuses("ERR_ADDRESS_REFUSED", start, [
        [307, "https://storage.example/x"],
        [307, "http://storage.example/x"],
      ]));
    it("goes from http to https", async () => {
      const { hops } = await follow({ ...start, url: new URL("http://r.example/") }, [[301, "https://r.example/"]]);
      assert.equal(hops.length, 2);
    });
    it("fails on a redirect without Location", () => refuses("ERR_TRANSPORT", start, [[307]]));
  });

  describe("with sameOrigin", () => {
    const upload: HttpRequest = { ...start, method: "PUT", body: Buffer.from("bytes"), redirects: "sameOrigin" };

    for (const status of [307, 308])
      it(`sends the body again on a ${status} within the origin`, async () => {
        const { last } = await follow(upload, [[status, "/y"]]);
        assert.deepEqual(last, { ...upload, url: new URL("https://registry.example/y") });
      });
    it("security row 2: refuses another origin", () =>
      refuses("ERR_ADDRESS_REFUSED", upload, [[307, "https://registry.example:8443/y"]]));
    for (const status of [301, 302, 303])
      it(`gives a ${status} back`, async () =>
        assert.equal((await follow(upload, [[status, "/y"]])).response.status, status));
  });

  it("gives every redirect back with refuse", async () => {
    const { hops, response } = await follow({ ...start, redirects: "refuse" }, [[307, "/y"]]);
    assert.deepEqual([hops.length, response.status], [1, 307]);
  });

  it("gives a redirect of a POST back with follow", async () => {
    const { response } = await follow({ ...start, method: "POST" }, [[307, "/y"]]);
    assert.equal(response.status, 307);
  });
});
