import assert from "node:assert/strict";
import { afterPushing, afterWriting, onlyTags, ownDigest, ownershipOf } from "../../../provider/resources/ownership";

const nothing = ownershipOf(undefined);

describe("what is ours", () => {
  it("is nothing before anything was written", () => {
    assert.deepEqual(nothing, { createdTags: [], adoptedTags: [], pushed: [], childTags: {} });
  });

  it("are the tags that were written, and those found are adopted", () => {
    const owned = afterWriting(nothing, [
      { tag: "a", result: "written", subjectHandled: false },
      { tag: "b", result: "found" },
      { tag: "c", result: "failed", error: new Error("refused") },
    ]);
    assert.deepEqual([owned.createdTags, owned.adoptedTags], [["a"], ["b"]]);
  });

  it("stays ours when it is found later, and adopted when it is written later", () => {
    const before = { ...nothing, createdTags: ["a"], adoptedTags: ["b"] };
    const owned = afterWriting(before, [
      { tag: "a", result: "found" },
      { tag: "b", result: "written", subjectHandled: false },
    ]);
    assert.deepEqual(owned, before);
  });

  it("grows by what was pushed, each once", () => {
    assert.deepEqual(afterPushing({ ...nothing, pushed: ["x"] }, ["x", "y"]).pushed, ["x", "y"]);
  });

  it("shrinks to the tags that are wanted", () => {
    const owned = onlyTags({ ...nothing, createdTags: ["a", "b"], adoptedTags: ["c", "d"], pushed: ["x"] }, ["a", "d"]);
    assert.deepEqual([owned.createdTags, owned.adoptedTags, owned.pushed], [["a"], ["d"], ["x"]]);
  });

  it("names the digest from before somebody moved all our tags, if a refresh has seen that", () => {
    assert.equal(ownDigest({ digest: "new" }), "new");
    assert.equal(ownDigest({ digest: "new", ownDigest: "old" }), "old");
  });
});
