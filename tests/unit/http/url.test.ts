import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { redactUrl, resolveLocation, sameOrigin } from "../../../provider/http/url";

describe("redactUrl", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["keeps host, port and path", "https://r.example:5000/v2/a/tags/list", "https://r.example:5000/v2/a/tags/list"],
    ["drops user info", "https://user:secret@r.example/v2/", "https://r.example/v2/"],
    ["drops the fragment", "https://r.example/v2/#secret", "https://r.example/v2/"],
    ["keeps harmless parameters", "https://r.example/?digest=sha256:ab&n=5", "https://r.example/?digest=sha256:ab&n=5"],
    [
      "hides signatures",
      "https://s.example/b?sig=x&se=y&digest=z",
      "https://s.example/b?sig=[redacted]&se=[redacted]&digest=z",
    ],
    [
      "hides parameters it does not know",
      "https://s.example/?X-Any-Thing=x",
      "https://s.example/?X-Any-Thing=[redacted]",
    ],
  ];
  for (const [title, url, expected] of cases) it(title, () => assert.equal(redactUrl(new URL(url)), expected));
});

describe("sameOrigin", () => {
  const cases: readonly (readonly [string, string, string, boolean])[] = [
    ["the path does not count", "https://r.example/a", "https://r.example/b?c", true],
    ["the default port equals none", "https://r.example/", "https://r.example:443/", true],
    ["the port counts", "https://r.example/", "https://r.example:444/", false],
    ["the scheme counts", "https://r.example/", "http://r.example/", false],
    ["a subdomain is another host", "https://r.example/", "https://a.r.example/", false],
  ];
  for (const [title, a, b, expected] of cases)
    it(title, () => assert.equal(sameOrigin(new URL(a), new URL(b)), expected));
});

describe("resolveLocation", () => {
  const base = new URL("https://r.example/v2/a/blobs/uploads/?mount=x");
  const cases: readonly (readonly [string, string, string])[] = [
    ["an absolute path", "/v2/a/blobs/uploads/1?_state=x", "https://r.example/v2/a/blobs/uploads/1?_state=x"],
    ["a relative path", "1", "https://r.example/v2/a/blobs/uploads/1"],
    ["an absolute URL of another origin", "https://s.example:8443/x", "https://s.example:8443/x"],
    ["no scheme", "//s.example/x", "https://s.example/x"],
    ["a fragment, which is dropped", "/x#y", "https://r.example/x"],
  ];
  for (const [title, location, expected] of cases)
    it(`understands ${title}`, () => assert.equal(resolveLocation(base, location).href, expected));

  it("goes from http to https", () =>
    assert.equal(resolveLocation(new URL("http://r.example/"), "https://r.example/x").href, "https://r.example/x"));

  const refused: readonly (readonly [string, string])[] = [
    ["what is no URL", "https://[/"],
    ["a file", "file:///etc/passwd"],
    ["a data URL", "data:text/plain,x"],
    ["user info", "https://user:password@r.example/"],
    ["a user without password", "https://user@r.example/"],
    ["http after https", "http://r.example/x"],
  ];
  for (const [title, location] of refused)
    it(`security row 3: refuses ${title} as a Location`, () =>
      assert.throws(
        () => resolveLocation(base, location),
        (error) => hasCode(error, "ERR_ADDRESS_REFUSED"),
      ));

  it("tells no secret of a Location that it refuses", () =>
    assert.throws(
      () => resolveLocation(base, "http://r.example/x?sig=swordfish"),
      (error) =>
        error instanceof Error && error.message.includes("r.example/x") && !error.message.includes("swordfish"),
    ));
});
