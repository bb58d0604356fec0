import assert from "node:assert/strict";
import { recordOf, recordOutputs } from "../../../../provider/resources/properties/recordOutputs";
import {
  createdTags,
  isOwnTag,
  noRecord,
  unlistedTags,
  withoutTags,
  withPushed,
  withReferrers,
  withTags,
} from "../../../../provider/resources/tagged/resourceRecord";

const digests = new Map([
  ["a", "sha256:1"],
  ["b", "sha256:1"],
  ["c", "sha256:1"],
]);
const written = (tag: string) => ({ tag, result: "written", subjectHandled: false }) as const;
const found = (tag: string) => ({ tag, result: "found" }) as const;
const failed = (tag: string) => ({ tag, result: "failed", error: new Error("refused") }) as const;

/** A record with a created tag `a` and an adopted tag `b`. */
const both = withTags(noRecord, [written("a"), found("b")], digests, "fail");

describe("a resource's record", () => {
  it("has the tags that were written as created, those that were found as adopted, and none that failed", () => {
    const record = withTags(noRecord, [written("a"), found("b"), failed("c")], digests, "fail");
    assert.deepEqual([...record.managed.keys()], ["a", "b"]);
    assert.deepEqual(createdTags(record), ["a"]);
  });

  it("has a tag whose write the registry acknowledged, though it could not be asked afterwards", () => {
    const record = withTags(noRecord, [{ ...failed("a"), isAcknowledged: true }], digests, "fail");
    assert.deepEqual(createdTags(record), ["a"]);
  });

  it("has a tag that was found as created where it would have been overwritten anyway", () => {
    assert.deepEqual(createdTags(withTags(noRecord, [found("a")], digests, "overwrite")), ["a"]);
  });

  it("keeps a created tag created when it is found, and an adopted one adopted when it is moved", () => {
    const record = withTags(
      both,
      [found("a"), written("b")],
      new Map([...digests].map(([tag]) => [tag, "sha256:2"])),
      "fail",
    );
    assert.deepEqual(createdTags(record), ["a"]);
    assert.equal(record.managed.get("b")?.digest, "sha256:2");
  });

  it("keeps for each tag the digest that was put there, also when only some could be moved", () => {
    const moved = withTags(
      both,
      [written("a"), failed("b")],
      new Map([
        ["a", "sha256:2"],
        ["b", "sha256:2"],
      ]),
      "fail",
    );
    assert.deepEqual(
      [...moved.managed].map(([tag, { digest }]) => [tag, digest]),
      [
        ["a", "sha256:2"],
        ["b", "sha256:1"],
      ],
    );
  });

  it("survives its way through a state", () => {
    const record = {
      ...withPushed(withReferrers(withoutTags(both, ["a"], true), [["sha256:r", "sha256:s"]]), ["sha256:p"]),
      isUnfinished: true,
    };
    assert.deepEqual(recordOf(JSON.parse(JSON.stringify(recordOutputs(record, ["b"])))), record);
  });

  it("tells the program which of its own tags were created and adopted", () => {
    const { createdTags: created, adoptedTags } = recordOutputs(both, ["a", "b", "c"]);
    assert.deepEqual([created, adoptedTags], [["a"], ["b"]]);
  });

  for (const name of ["constructor", "__proto__", "toString"])
    it(`has no tag ${name} that was never put`, () => {
      assert.equal(isOwnTag(noRecord, name, "sha256:1"), false);
      const put = withTags(noRecord, [written(name)], new Map([[name, "sha256:1"]]), "fail");
      assert.equal(isOwnTag(recordOf(JSON.parse(JSON.stringify(recordOutputs(put, [name])))), name, "sha256:9"), true);
    });

  it("counts a tag that left the program as its own as long as it stays where it was left", () => {
    const left = withoutTags(both, ["a"], true);
    assert.deepEqual([isOwnTag(left, "a", "sha256:1"), isOwnTag(left, "a", "sha256:9")], [true, false]);
    assert.deepEqual(createdTags(withTags(left, [found("a")], digests, "fail")), ["a"]);
  });

  it("keeps the newest 50 tags that left the program, and never an adopted one", () => {
    const tags = Array.from({ length: 60 }, (_, number) => `t${number}`);
    const all = withTags(noRecord, tags.map(written), new Map(tags.map((tag) => [tag, "sha256:1"])), "fail");
    assert.deepEqual(
      withoutTags(all, tags, true).left.map(({ tag }) => tag),
      tags.slice(10),
    );
    assert.deepEqual(withoutTags(both, ["b"], true).left, []);
  });

  it("leaves the tags of cosign to their manifests", () => {
    const cosign = `sha256-${"a".repeat(64)}.sig`;
    const record = withTags(both, [written(cosign)], new Map([[cosign, "sha256:1"]]), "fail");
    assert.deepEqual(unlistedTags(record, ["a"]), ["b"]);
  });
});
