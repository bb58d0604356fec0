import assert from "node:assert/strict";
import { decodePlaceholder, encodePlaceholder, mayBePlaceholder } from "../../../provider/distribution/placeholder";
import { digestOf } from "../../../provider/oci/digest";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { manifestOf, uniqueIndex } from "../../registry/distribution/content";

describe("a placeholder", () => {
  const repository = "team/server";
  const digest = digestOf(Buffer.from("an index"));
  const removal = { operation: "removal", repository, tag: "1.0", digest } as const;
  const longest = {
    ...removal,
    repository: "r".repeat(255),
    tag: "t".repeat(128),
    digest: `sha512:${"0".repeat(128)}`,
  };

  for (const [name, placeholder] of Object.entries({ removal, longest })) {
    it(`says what it stands for, and its size makes it known: ${name}`, () => {
      const content = encodePlaceholder(placeholder);
      assert.equal(mayBePlaceholder(content.descriptor), true);
      assert.deepEqual(decodePlaceholder(content, placeholder.repository, placeholder.tag), placeholder);
    });
  }

  it("is unlike every other, also of the same tag", () => {
    assert.notEqual(encodePlaceholder(removal).descriptor.digest, encodePlaceholder(removal).descriptor.digest);
  });

  it("of an experiment stands under each of its tags", () => {
    const content = encodePlaceholder({ operation: "probe", repository, tag: "multiarch-1" });
    assert.equal(decodePlaceholder(content, repository, "multiarch-1-2")?.operation, "probe");
  });

  const withAnnotations = (change: (annotations: Record<string, unknown>) => object) => {
    const { annotations } = JSON.parse(new TextDecoder().decode(encodePlaceholder(removal).bytes));
    return manifestOf({ manifests: [], annotations: change(annotations) }, mediaTypes.ociIndex);
  };
  const key = "pulumi-multiarch.placeholder.operation";
  const others = {
    "one of another tag": [encodePlaceholder(removal), repository, "2.0"],
    "one of another repository": [encodePlaceholder(removal), "team/other", "1.0"],
    "an index of another size": [withAnnotations((annotations) => ({ ...annotations, more: "" })), repository, "1.0"],
    "one of an unknown operation": [withAnnotations((all) => ({ ...all, [key]: "remover" })), repository, "1.0"],
    "any empty index": [uniqueIndex(), repository, "1.0"],
  } as const;
  for (const [what, [content, name, tag]] of Object.entries(others))
    it(`is not ${what}`, () => {
      assert.equal(decodePlaceholder(content, name, tag), undefined);
    });

  it("is not what has its size, but is no index without entries", () => {
    const { descriptor, bytes } = encodePlaceholder(removal);
    const spoilt = Buffer.from(new TextDecoder().decode(bytes).replace('"manifests":[]', '"manifests":{}'));
    assert.equal(decodePlaceholder({ descriptor, bytes: spoilt }, repository, "1.0"), undefined);
  });
});
