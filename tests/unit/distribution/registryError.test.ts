import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { parseErrorEntries, registryError } from "../../../provider/distribution/registryError";
import { rememberSecret } from "../../../provider/errors";
import { errorBody } from "./fakeRegistry";

const put = {
  method: "PUT",
  url: new URL("https://r.example/v2/team/server/manifests/1.0?_state=abc"),
  scopes: [{ repository: "team/server", actions: ["pull", "push"] }],
} as const;

function errorFor(status: number, body = "", headers: Readonly<Record<string, string>> = {}, from = put.url) {
  return registryError(put, { status, headers, url: from, body: Readable.from([Buffer.from(body)]) }, 0);
}

describe("registryError", () => {
  it("says method, redacted URL, status, the registry's words, advice and the correlation id", async () => {
    const body = errorBody("DENIED", "not\u001b[31m allowed.");
    const { message } = await errorFor(403, body, { "x-ms-correlation-request-id": "c-1" });
    assert.equal(
      message,
      "PUT https://r.example/v2/team/server/manifests/1.0?_state=[redacted]: 403 DENIED: not[31m allowed. " +
        "Ask the registry's operator for the rights (pull, push on team/server). (x-ms-correlation-request-id: c-1)",
    );
  });

  it("carries the facts for programs", async () => {
    const { details } = await errorFor(429, errorBody("TOOMANYREQUESTS", "slow down"), { "retry-after": "2" });
    assert.deepEqual(details, {
      method: "PUT",
      url: "https://r.example/v2/team/server/manifests/1.0?_state=[redacted]",
      status: 429,
      errors: [{ code: "TOOMANYREQUESTS", message: "slow down" }],
      retryAfterMs: 2000,
    });
  });

  it("names the status in words when the registry gives no reason", async () => {
    assert.match((await errorFor(502)).message, /: 502 Bad Gateway\. The registry failed/);
  });

  it("tells which host answered when that was another one", async () => {
    const { message } = await errorFor(403, "", {}, new URL("https://storage.example/x"));
    assert.match(message, /The answer came from storage\.example\./);
  });

  it("security row 6: does without the reason when the body is larger than 64 KiB", async () => {
    assert.deepEqual((await errorFor(400, errorBody("X", "x".repeat(64 * 1024)))).details.errors, []);
  });
});

describe("parseErrorEntries", () => {
  it("keeps what the specification names", () => {
    const errors = [
      { code: "MANIFEST_BLOB_UNKNOWN", message: "blob unknown", detail: { digest: "sha256:1" }, more: 1 },
    ];
    assert.deepEqual(parseErrorEntries(Buffer.from(JSON.stringify({ errors }))), [
      {
        code: "MANIFEST_BLOB_UNKNOWN",
        message: "blob unknown",
        detail: Object.assign(Object.create(null), { digest: "sha256:1" }),
      },
    ]);
  });

  for (const body of ["", "<html>", "[]", '{"errors":{}}', '{"errors":[1]}', '{"errors":[{"message":"no code"}]}']) {
    it(`finds nothing in ${body || "an empty body"}`, () => {
      assert.deepEqual(parseErrorEntries(Buffer.from(body)), []);
    });
  }

  it("keeps ten entries at most", () => {
    const errors = Array.from({ length: 11 }, () => ({ code: "UNKNOWN" }));
    assert.equal(parseErrorEntries(Buffer.from(JSON.stringify({ errors }))).length, 10);
  });

  it("security row 15: takes secrets out before it shortens, so that no part of one is left", () => {
    rememberSecret("correct-horse-battery-staple");
    const body = errorBody("X", `${"x".repeat(976)}correct-horse-battery-staple`);
    const [entry] = parseErrorEntries(Buffer.from(body));
    assert.doesNotMatch(entry?.message ?? "", /correct/);
  });

  it("shortens what a registry says at length", () => {
    const [entry] = parseErrorEntries(Buffer.from(errorBody("X", "x".repeat(5000))));
    assert.equal(entry?.message?.length, 1000);
  });
});
