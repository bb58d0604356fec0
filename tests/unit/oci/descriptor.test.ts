import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode } from "../../../provider/errors";
import { isMediaType, parseDescriptor } from "../../../provider/oci/descriptor";
import { buildIndex } from "../../../provider/oci/indexBuild";
import { image } from "./entries";
import { specifications } from "./specifications";

describe("parseDescriptor", () => {
  it("gives back every descriptor of a built index", () => {
    fc.assert(
      fc.property(specifications(), (spec) => {
        for (const descriptor of buildIndex(spec).manifests) {
          assert.deepEqual(parseDescriptor(descriptor, "images[0].descriptor"), descriptor);
        }
      }),
    );
  });

  it("names the path of the wrong field under the given one", () => {
    assert.throws(
      () =>
        parseDescriptor(
          { ...image("linux/amd64"), platform: { os: "linux", architecture: 7 } },
          "images[0].descriptor",
        ),
      (error) =>
        hasCode(error, "ERR_CONTENT_INVALID") &&
        error.message === "images[0].descriptor.platform.architecture must be a string, but is the number 7.",
    );
  });

  it("says of an endless value only how it begins", () => {
    assert.throws(
      () => parseDescriptor({ ...image("linux/amd64"), digest: "x".repeat(100_000) }, "images[0]"),
      (error) => hasCode(error, "ERR_CONTENT_INVALID") && error.message.length < 300,
    );
  });
});

describe("isMediaType", () => {
  for (const text of ["application/vnd.oci.image.manifest.v1+json", "a/b", `a/${"b".repeat(127)}`]) {
    it(`takes ${text.slice(0, 50)}`, () => {
      assert.equal(isMediaType(text), true);
    });
  }

  for (const text of ["", "a", "a/", "/b", "a/b/c", "a/b; charset=utf-8", "a/b\n", " a/b", `a/${"b".repeat(128)}`]) {
    it(`does not take ${JSON.stringify(text).slice(0, 50)}`, () => {
      assert.equal(isMediaType(text), false);
    });
  }
});
