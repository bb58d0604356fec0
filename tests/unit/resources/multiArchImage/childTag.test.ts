import assert from "node:assert/strict";
import { platformFrom } from "../../../../provider/oci/platform";
import { allChildTags } from "../../../../provider/resources/multiArchImage/childTag";
import { parseChildTag } from "../../../../provider/resources/multiArchImage/inputs";
import { described } from "./planning";

const child = (platform: string) => described(platform).descriptor;
const armV7 = child("linux/arm/v7");
const amd64 = child("linux/amd64");

describe("childTag", () => {
  for (const [template, expected] of [
    ["{tag}-{os}-{arch}{variant}", ["1.0-linux-armv7", "1.0-linux-amd64"]],
    ["{arch}", ["arm", "amd64"]],
    ["{tag}.{arch}.{variant}", ["1.0.arm.v7", "1.0.amd64."]],
  ] as const) {
    it(`${template} gives ${expected}`, () => {
      assert.deepEqual(
        { ...allChildTags(template, ["1.0"], [armV7, amd64]) },
        {
          [expected[0]]: armV7.digest,
          [expected[1]]: amd64.digest,
        },
      );
    });
  }

  it("gives each child a tag for each tag of the index", () => {
    assert.deepEqual(Object.keys(allChildTags("{tag}-{arch}", ["1.0", "latest"], [amd64])), [
      "1.0-amd64",
      "latest-amd64",
    ]);
  });

  it("gives none to attestations and entries without a platform", () => {
    const { platform: _, ...bare } = amd64;
    const attestation = { ...amd64, platform: platformFrom("unknown/unknown") };
    assert.deepEqual({ ...allChildTags("{arch}", ["1.0"], [attestation, bare]) }, {});
  });

  it("is refused when two children would get the same tag", () => {
    assert.throws(() => allChildTags("{arch}", ["1.0"], [armV7, child("linux/arm/v6")]), {
      code: "ERR_INPUT_INVALID",
      message: /^childTag: two children would get the tag arm;/,
    });
  });

  for (const template of ["{tag}", "{arch}!", "-{arch}", `{arch}${"x".repeat(128)}`, "{arch}-{digest}"]) {
    it(`${template.slice(0, 20)} is refused`, () => {
      assert.throws(() => parseChildTag({ childTag: template }), { details: { path: "childTag" } });
    });
  }

  it("is absent when it is not given", () => {
    assert.equal(parseChildTag({}), undefined);
  });

  it("is refused when a child would get one of the index's own tags", () => {
    assert.throws(() => allChildTags("{arch}", ["amd64"], [amd64]), {
      code: "ERR_INPUT_INVALID",
      message: /^childTag: a child would get the tag amd64, which is one of tags/,
    });
  });
});
