import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseChallenge, parseChallenges } from "../../../provider/distribution/challenge";

function plain(header: string) {
  return parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
}

describe("parseChallenges", () => {
  const cases: readonly (readonly [title: string, header: string, expected: unknown])[] = [
    ["reads one scheme alone", "Basic", [["basic", {}]]],
    ["reads a quoted parameter", 'Basic realm="a b"', [["basic", { realm: "a b" }]]],
    ["reads an unquoted parameter", "Basic realm=here", [["basic", { realm: "here" }]]],
    ["reads an unquoted URL", "Bearer realm=https://a/t?b=c", [["bearer", { realm: "https://a/t?b=c" }]]],
    ["takes schemes and names in any case", 'BEARER Realm="A"', [["bearer", { realm: "A" }]]],
    [
      "reads commas inside quotes as text",
      'Bearer realm="https://a/t",service="s",scope="repository:a:pull,push"',
      [["bearer", { realm: "https://a/t", service: "s", scope: "repository:a:pull,push" }]],
    ],
    ["undoes escapes", String.raw`Basic realm="a\"b\\c"`, [["basic", { realm: 'a"b\\c' }]]],
    [
      "allows white space around signs",
      'Bearer  realm = "a" , service = b',
      [["bearer", { realm: "a", service: "b" }]],
    ],
    [
      "reads several challenges of one header",
      'Basic realm="r", Bearer realm="https://a/t",service="s"',
      [
        ["basic", { realm: "r" }],
        ["bearer", { realm: "https://a/t", service: "s" }],
      ],
    ],
    [
      "reads a scheme without parameters before another",
      'Negotiate, Bearer realm="a"',
      [
        ["negotiate", {}],
        ["bearer", { realm: "a" }],
      ],
    ],
    [
      "steps over the opaque text of other schemes",
      'Negotiate YWJj==, Basic realm="r"',
      [
        ["negotiate", {}],
        ["basic", { realm: "r" }],
      ],
    ],
    ["keeps the first of a repeated parameter", 'Bearer realm="a",realm="b"', [["bearer", { realm: "a" }]]],
    ["has no prototype to fall into", "Bearer __proto__=x", [["bearer", Object.fromEntries([["__proto__", "x"]])]]],
    ["allows empty elements", ',, Basic realm="r",,', [["basic", { realm: "r" }]]],
    ["stops at a quote that never ends", 'Bearer service="s",realm="http', [["bearer", { service: "s" }]]],
    ["finds nothing in parameters without a scheme", 'realm="a"', []],
    ["finds nothing in nothing", "", []],
  ];
  for (const [title, header, expected] of cases) it(title, () => assert.deepEqual(plain(header), expected));

  it("reads any text without an exception", () => {
    fc.assert(fc.property(fc.string(), (header) => Array.isArray(parseChallenges(header))));
  });

  it("security row 22: takes no more than linear time for a header made to slow it down", () => {
    for (const part of ["a ", "a=", 'a="', "\\", 'a="\\', ", ", " \t", "a,", "=", 'a="b" '])
      assert.ok(millisecondsFor(`Bearer ${part.repeat(200_000)}`) < 2000, part);
  });
});

function millisecondsFor(header: string): number {
  const start = performance.now();
  parseChallenges(header);
  return performance.now() - start;
}

describe("chooseChallenge", () => {
  const cases: readonly (readonly [title: string, header: string, scheme: string | undefined])[] = [
    ["prefers Bearer to an earlier Basic", 'Basic realm="r", Bearer realm="https://a"', "bearer"],
    ["prefers Basic to a Bearer without a realm", 'Bearer error="x", Basic realm="r"', "basic"],
    ["takes a Bearer without a realm when there is nothing else", 'Bearer error="x"', "bearer"],
    ["takes no other scheme", "Negotiate, Digest realm=r", undefined],
  ];
  for (const [title, header, scheme] of cases)
    it(title, () => assert.equal(chooseChallenge(parseChallenges(header))?.scheme, scheme));
});
