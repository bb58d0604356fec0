import assert from "node:assert/strict";
import { importedImageLifecycle } from "../../../../provider/resources/importedImage/lifecycle";
import type { PropertyBag } from "../../../../provider/resources/properties/bag";
import { unknownValue } from "../../../../provider/resources/properties/unknown";
import { startProcess } from "../../../support/context";

const digest = `sha256:${"a".repeat(64)}`;
const pinned = { image: `registry.example.com/team/server@${digest}`, registry: { address: unknownValue } };

/** Inputs of a copy to a registry that is not known yet, so that nothing is asked of any. */
function planned(more: PropertyBag): PropertyBag {
  return { registry: { address: unknownValue }, repository: "team/server", tags: ["1.0"], source: pinned, ...more };
}

async function check(program: PropertyBag): Promise<PropertyBag> {
  const { context } = startProcess();
  return (await importedImageLifecycle.check(context, {}, program)).inputs;
}

describe("checking an ImportedImage", () => {
  it("leaves everything open while its source is not known", async () => {
    const inputs = await check(planned({ source: unknownValue }));
    for (const name of ["digest", "mediaType", "manifestSize", "platforms", "sourceDigest"])
      assert.equal(inputs[name], unknownValue, name);
  });

  it("knows the digest of a source that is given by it, before anybody can reach that", async () => {
    const inputs = await check(planned({}));
    assert.deepEqual([inputs["digest"], inputs["sourceDigest"]], [digest, digest]);
    assert.equal(inputs["platforms"], unknownValue);
  });

  it("does not know the digest of an index over some of its platforms", async () => {
    const inputs = await check(planned({ selectedPlatforms: ["linux/arm64"] }));
    assert.equal(inputs["digest"], unknownValue);
  });

  const known = { image: "registry.example.com/team/server:1.0" };
  const refusals: readonly (readonly [title: string, more: PropertyBag, message: RegExp])[] = [
    ["a source that is no object", { source: "registry.example.com/team/server" }, /^source: an object is needed/],
    ["a source without an image", { source: {} }, /^source\.image: a text is needed, but it is missing/],
    [
      "an image that is no reference",
      { source: { image: "Team/Server" } },
      /^"Team\/Server" is not an image reference/,
    ],
    [
      "a registry that is not the image's",
      { source: { ...known, registry: { address: "localhost:5000" } } },
      /^source\.image is on registry\.example\.com, but source\.registry is localhost:5000/,
    ],
    ["what is no platform", { source: known, selectedPlatforms: ["linux"] }, /^platforms\[0\]: /],
    ["what is no required platform", { source: known, requiredPlatforms: [1] }, /^requiredPlatforms\[0\]: /],
    ["what is no approved digest", { source: known, expectedDigest: "latest" }, /^expectedDigest: /],
    ["an unknown way of copying referrers", { source: known, copyReferrers: "all" }, /^copyReferrers: one of none, /],
    [
      "to leave attestations out of what is copied whole",
      { source: known, attestations: "drop" },
      /^attestations: everything is copied as it is/,
    ],
    ["a follow that is neither true nor false", { source: known, follow: "no" }, /^follow: true or false is needed/],
    ["a tag that is listed twice", { tags: ["1.0", "1.0"] }, /^tags\[1\]: the tag 1\.0 is listed twice/],
    ["a digest that ignoreChanges holds", { digest }, /^digest: it is computed from source/],
  ];
  for (const [title, more, message] of refusals)
    it(`refuses ${title}`, async () => {
      await assert.rejects(check(planned(more)), { code: "ERR_INPUT_INVALID", message });
    });
});
