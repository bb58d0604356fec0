import assert from "node:assert/strict";
import { parseTokenAnswer } from "../../../provider/distribution/tokenAnswer";
import { hasCode, messageOf, redact } from "../../../provider/errors";

const now = Date.parse("2024-05-01T12:00:00Z");

function parse(answer: unknown) {
  return parseTokenAnswer(Buffer.from(JSON.stringify(answer)), now);
}

function jwt(claims: object): string {
  return ["header", claims, "signature"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
}

describe("parseTokenAnswer", () => {
  const values: readonly (readonly [title: string, answer: object, value: string | undefined])[] = [
    ["takes token", { token: "first-token" }, "first-token"],
    ["takes access_token", { access_token: "second-token" }, "second-token"],
    ["prefers token", { access_token: "second-token", token: "first-token" }, "first-token"],
    ["takes access_token when token is empty", { access_token: "second-token", token: "" }, "second-token"],
    ["finds none in an empty answer", {}, undefined],
    ["finds none in an empty token", { token: "" }, undefined],
    ["security row 11: takes no token that would add a header", { token: "a\r\nx-evil: 1" }, undefined],
    ["security row 11: takes no token with a space", { token: "a b" }, undefined],
  ];
  for (const [title, answer, value] of values) it(title, () => assert.equal(parse(answer)?.value, value));

  const seconds = now / 1000;
  const lifetimes: readonly (readonly [title: string, answer: object, lifetimeSeconds: number])[] = [
    ["60 s by default", {}, 60],
    ["expires_in from now", { expires_in: 300 }, 300],
    ["expires_in from issued_at", { expires_in: 300, issued_at: "2024-05-01T11:59:00Z" }, 240],
    ["expires_in from now when issued_at is yet to come", { expires_in: 300, issued_at: "2024-05-01T13:00:00Z" }, 300],
    ["expires_in from now when by issued_at it is over", { expires_in: 300, issued_at: "2024-05-01T10:00:00Z" }, 300],
    ["expires_in from now when issued_at is no time", { expires_in: 300, issued_at: "soon" }, 300],
    ["60 s when expires_in makes no sense", { expires_in: -1 }, 60],
    ["60 s when expires_in is a text", { expires_in: "300" }, 60],
    ["a JWT's own times without expires_in", { token: jwt({ iat: seconds - 500, exp: seconds + 4000 }) }, 4000],
    [
      "a JWT's length when the server's clock is behind",
      { token: jwt({ iat: seconds - 9000, exp: seconds - 4500 }) },
      4500,
    ],
    [
      "expires_in rather than a JWT's times",
      { token: jwt({ iat: seconds, exp: seconds + 4500 }), expires_in: 100 },
      100,
    ],
    ["60 s for a JWT without times", { token: jwt({}) }, 60],
  ];
  for (const [title, answer, lifetime] of lifetimes)
    it(`lets a token live for ${title}`, () => {
      assert.equal(parse({ token: "some-token", ...answer })?.lifetimeMs, lifetime * 1000);
    });

  it("security row 15: has the token and a refresh token redacted from then on", () => {
    parse({ token: "canary-token", refresh_token: "canary-refresh" });
    assert.equal(redact("canary-token canary-refresh"), "[redacted] [redacted]");
  });

  it("security row 15: does not quote an answer that it cannot read", () => {
    const broken = Buffer.from('{"token": "canary-broken');
    assert.throws(
      () => parseTokenAnswer(broken, now),
      (error) => hasCode(error, "ERR_CONTENT_INVALID") && !messageOf(error).includes("canary") && !error.cause,
    );
  });
});
