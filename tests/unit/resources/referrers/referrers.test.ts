import assert from "node:assert/strict";
import { formatReferrers, parseReferrers } from "../../../../provider/resources/properties/referrerInputs";
import { cosignSubject, cosignTags, noReferrers } from "../../../../provider/resources/referrers/referrers";

const digest = `sha256:${"a".repeat(64)}`;

describe("referrers", () => {
  it("of cosign stand under three tags", () => {
    const name = `sha256-${"a".repeat(64)}`;
    assert.deepEqual(cosignTags(digest), [`${name}.sig`, `${name}.att`, `${name}.sbom`]);
  });

  for (const tag of cosignTags(digest))
    it(`under the tag ${tag.slice(-5)} are about the manifest that it names`, () => {
      assert.equal(cosignSubject(tag), digest);
    });

  for (const found of [noReferrers, { referrers: { [digest]: digest }, referrerTags: {} }, undefined])
    it(`are read as they were written: ${JSON.stringify(found)}`, () => {
      assert.deepEqual(parseReferrers(formatReferrers(found)), found);
    });

  it("are none of a resource that is new", () => {
    assert.deepEqual(parseReferrers({}), noReferrers);
  });
});
