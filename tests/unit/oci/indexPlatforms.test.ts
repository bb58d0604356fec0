import assert from "node:assert/strict";
import { platformOf, platformsOf } from "../../../provider/oci/indexPlatforms";
import { attestationOf, bareImage, image } from "./entries";

const amd64 = image("linux/amd64");

describe("platformOf", () => {
  it("gives the platform of an image literally", () => {
    const platform = { architecture: "AARCH64", os: "Linux" };
    assert.deepEqual(platformOf({ ...amd64, platform }), platform);
  });

  const exempt = [
    ["without a platform", bareImage("a")],
    ["of an unknown platform", image("unknown/unknown")],
    [
      "that is an attestation, even one with a platform",
      { ...attestationOf(amd64), platform: { os: "a", architecture: "b" } },
    ],
  ] as const;
  for (const [name, descriptor] of exempt) {
    it(`gives none for an entry ${name}`, () => {
      assert.equal(platformOf(descriptor), undefined);
    });
  }
});

describe("platformsOf", () => {
  it("gives the first of two images for one platform, as readers take it", () => {
    const second = image("linux/amd64/v1", {}, "second");
    assert.deepEqual(platformsOf([amd64, second]), { "linux/amd64": amd64.digest });
  });
});
