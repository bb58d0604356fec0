import assert from "node:assert/strict";
import { runtime } from "@pulumi/pulumi";
import { containsUnknown, isUnknown, knownText, unknownValue } from "../../../../provider/resources/properties/unknown";

describe("what is not known yet", () => {
  it("is the mark that the engine uses", () => {
    assert.equal(unknownValue, "04da6b54-80e4-46f7-96ec-b56ff0331ba9");
  });

  it("is what the SDK sends for an output without a value", () => {
    assert.equal(runtime.unknownValue, unknownValue);
  });

  for (const [title, value] of [
    ["itself", unknownValue],
    ["in a list", ["a", unknownValue]],
    ["in an object", { a: unknownValue }],
    ["deep inside", { a: [{ b: { c: unknownValue } }] }],
  ] as const) {
    it(`is found: ${title}`, () => assert.equal(containsUnknown(value), true));
  }

  for (const value of [undefined, null, "", 0, false, [], {}, `${unknownValue}!`, { a: [null] }]) {
    it(`is not seen in ${JSON.stringify(value) ?? "undefined"}`, () => assert.equal(containsUnknown(value), false));
  }

  it("is only the whole text", () => {
    assert.equal(isUnknown(`tag-${unknownValue}`), false);
  });

  it("is no text; a text is", () => {
    assert.equal(knownText(unknownValue), undefined);
    assert.equal(knownText(7), undefined);
    assert.equal(knownText("sha256:1"), "sha256:1");
  });
});
