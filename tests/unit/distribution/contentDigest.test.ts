import assert from "node:assert/strict";
import { contentDigest, requireDigest } from "../../../provider/distribution/contentDigest";
import { hasCode } from "../../../provider/errors";
import { digestOf } from "../../../provider/oci/digest";

const bytes = Buffer.from("content");
const digest = digestOf(bytes);
const naming = (value: string) => ({ "docker-content-digest": value });

describe("contentDigest", () => {
  it("is the digest that the header names", () => assert.equal(contentDigest(naming(digest)), digest));
  for (const headers of [{}, naming(""), naming("sha256:1"), naming(`md5:${"0".repeat(32)}`)])
    it(`is undefined for ${JSON.stringify(headers)}`, () => assert.equal(contentDigest(headers), undefined));
});

describe("requireDigest", () => {
  const passes: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ["the same digest", naming(digest)],
    ["no digest", {}],
    ["a digest of another algorithm", naming(digestOf(bytes, "sha512"))],
  ];
  for (const [what, headers] of passes)
    it(`lets an answer pass that names ${what}`, () =>
      assert.doesNotThrow(() => requireDigest(headers, digest, "HEAD r.example/a@digest")));

  it("security row 9: refuses an answer that names another digest", () => {
    const other = digestOf(Buffer.from("other"));
    assert.throws(
      () => requireDigest(naming(other), digest, "HEAD r.example/a@digest"),
      (error) => hasCode(error, "ERR_DIGEST_MISMATCH") && error.details.actual === other,
    );
  });
});
