import assert from "node:assert/strict";
import {
  cosignSubject,
  cosignTags,
  referrerInputs,
  referrersOf,
} from "../../../../provider/resources/referrers/referrers";

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

  it("are read as they were written, and left out where there are none", () => {
    const found = { referrers: { [digest]: digest }, referrerTags: {} };
    assert.deepEqual(referrerInputs(found), { referrers: { [digest]: digest } });
    assert.deepEqual(referrersOf(referrerInputs(found)), found);
  });

  it("are none of a resource that is new", () => {
    assert.deepEqual(referrersOf(undefined), { referrers: {}, referrerTags: {} });
  });
});
