import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { nextLink } from "../../../provider/http/link";

const base = new URL("https://r.example/v2/a/tags/list?n=2");

describe("nextLink", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["an absolute path", '</v2/a/tags/list?last=b&n=2>; rel="next"', "https://r.example/v2/a/tags/list?last=b&n=2"],
    ["a full URL", '<https://r.example/x>; rel="next"', "https://r.example/x"],
    ["a relation without quotes", "</x>; rel=next", "https://r.example/x"],
    ["other parameters before it", '</x>; title="a, b"; rel="next"', "https://r.example/x"],
    ["several relations in one link", '</x>; rel="last next"', "https://r.example/x"],
    ["several links", '</y>; rel="prev", </x>; rel="next"', "https://r.example/x"],
    ["capitals", '</x>; REL="NEXT"', "https://r.example/x"],
    [
      "no brackets, as Cloudflare's registry",
      "/v2/a/tags/list?n=2&last=b; rel=next",
      "https://r.example/v2/a/tags/list?n=2&last=b",
    ],
  ];
  for (const [title, header, expected] of cases)
    it(`finds the next page given ${title}`, () => assert.equal(nextLink(header, base, base)?.href, expected));

  for (const header of [undefined, "", '</x>; rel="prev"', "</x>", '/x; rel="prev"', '<>; rel="nextish"'])
    it(`finds no next page in ${header === undefined ? "a missing header" : JSON.stringify(header)}`, () =>
      assert.equal(nextLink(header, base, base), undefined));

  for (const header of ['no link; rel="next"', "/x", '"; rel="next"'])
    it(`refuses to take a list for the whole that came with ${JSON.stringify(header)}`, () =>
      assert.throws(
        () => nextLink(header, base, base),
        (error) => hasCode(error, "ERR_CONTENT_INVALID"),
      ));

  for (const target of [
    "https://evil.example/x",
    "https://r.example:444/x",
    "http://r.example/x",
    "//169.254.169.254/x",
  ])
    it(`security row 3: refuses a next page at ${target}`, () =>
      assert.throws(
        () => nextLink(`<${target}>; rel="next"`, base, base),
        (error) => hasCode(error, "ERR_ADDRESS_REFUSED"),
      ));

  it("security row 3: refuses a next page where this one was redirected to", () => {
    const elsewhere = new URL("https://storage.example/page1");
    assert.throws(
      () => nextLink('</page2>; rel="next"', elsewhere, base),
      (error) => hasCode(error, "ERR_ADDRESS_REFUSED"),
    );
  });

  it("security row 22: needs time in proportion to a hostile header", () => {
    const hostile = "<".repeat(200_000) + "; rel =".repeat(50_000) + " ".repeat(200_000);
    const start = performance.now();
    assert.throws(() => nextLink(hostile, base, base));
    assert.ok(performance.now() - start < 2000);
  });
});
