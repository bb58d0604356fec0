import assert from "node:assert/strict";
import fc from "fast-check";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { buildIndex } from "../../../provider/oci/indexBuild";
import { describePlatforms, diffIndexes, type PlatformChange } from "../../../provider/oci/indexDiff";
import { attestationOf, bareImage, image } from "./entries";
import { specifications } from "./specifications";

const amd64 = image("linux/amd64");
const arm64 = image("linux/arm64");
const s390x = image("linux/s390x");
const newArm64 = image("linux/arm64", {}, "new");

describe("diffIndexes", () => {
  const rows: readonly (readonly [string, readonly Descriptor[], readonly Descriptor[], readonly PlatformChange[]])[] =
    [
      ["nothing when both are the same", [amd64, arm64], [amd64, arm64], []],
      ["nothing when only the order differs", [amd64, arm64], [arm64, amd64], []],
      [
        "another digest",
        [amd64, arm64],
        [amd64, newArm64],
        [{ platform: "linux/arm64", before: arm64.digest, after: newArm64.digest }],
      ],
      ["an added platform", [amd64], [amd64, arm64], [{ platform: "linux/arm64", after: arm64.digest }]],
      ["a removed platform", [amd64, arm64], [amd64], [{ platform: "linux/arm64", before: arm64.digest }]],
      [
        "what is there in its order, then what was removed in its order",
        [s390x, amd64, arm64],
        [newArm64, image("linux/riscv64")],
        [
          { platform: "linux/arm64", before: arm64.digest, after: newArm64.digest },
          { platform: "linux/riscv64", after: image("linux/riscv64").digest },
          { platform: "linux/s390x", before: s390x.digest },
          { platform: "linux/amd64", before: amd64.digest },
        ],
      ],
      [
        "no change where a platform is only written otherwise",
        [arm64],
        [image("linux/arm64/v8", {}, "linux/arm64")],
        [],
      ],
      [
        "an image's attestation by its image's platform",
        [arm64, attestationOf(arm64)],
        [newArm64, attestationOf(newArm64)],
        [
          { platform: "linux/arm64", before: arm64.digest, after: newArm64.digest },
          {
            platform: "attestation of linux/arm64",
            before: attestationOf(arm64).digest,
            after: attestationOf(newArm64).digest,
          },
        ],
      ],
      [
        "an attestation whose image is not in the index",
        [],
        [attestationOf(arm64)],
        [{ platform: "attestation of no image in the index", after: attestationOf(arm64).digest }],
      ],
      [
        "only those of several entries without a platform that differ",
        [bareImage("a"), bareImage("b"), bareImage("c")],
        [bareImage("b"), bareImage("d")],
        [
          { platform: "no platform", before: bareImage("a").digest, after: bareImage("d").digest },
          { platform: "no platform", before: bareImage("c").digest },
        ],
      ],
      ["one of two equal entries gone", [amd64, amd64], [amd64], [{ platform: "linux/amd64", before: amd64.digest }]],
    ];
  for (const [name, before, after, changes] of rows) {
    it(`tells ${name}`, () => {
      assert.deepEqual(diffIndexes(before, after), changes);
    });
  }

  it("finds no difference between two builds of one specification", () => {
    fc.assert(
      fc.property(specifications(), (spec) => {
        assert.deepEqual(diffIndexes(buildIndex(spec).manifests, buildIndex(spec).manifests), []);
      }),
    );
  });

  it("tells the same changes the other way round when the indexes are exchanged", () => {
    const turn = ({ platform, before = "none", after = "none" }: PlatformChange) => `${platform} ${after} ${before}`;
    const tell = ({ platform, before = "none", after = "none" }: PlatformChange) => `${platform} ${before} ${after}`;
    fc.assert(
      fc.property(specifications(), specifications(), (one, other) => {
        const [a, b] = [buildIndex(one).manifests, buildIndex(other).manifests];
        assert.deepEqual(diffIndexes(b, a).map(turn).sort(), diffIndexes(a, b).map(tell).sort());
      }),
    );
  });
});

describe("describePlatforms", () => {
  it("names each platform with the beginning of its digest", () => {
    const digest = `sha256:0123456789ab${"c".repeat(52)}`;
    assert.equal(
      describePlatforms({ "linux/amd64": digest, "linux/arm64": `sha512:${"d".repeat(128)}` }),
      "linux/amd64 (sha256:0123456789ab…), linux/arm64 (sha512:dddddddddddd…)",
    );
  });

  it("says so when there are none", () => {
    assert.equal(describePlatforms({}), "no images");
  });
});
