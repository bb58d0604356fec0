import { deepStrictEqual } from "node:assert/strict";
import { indexEntries } from "../../../provider/functions/indexEntries";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import type { Platform } from "../../../provider/oci/platform";

function descriptorOf(digit: string, platform?: Platform): Descriptor {
  const digest = `sha256:${digit.repeat(64)}`;
  return { mediaType: mediaTypes.ociManifest, digest, size: 1, ...(platform && { platform }) };
}

function attestationOf(digit: string, subject: string): Descriptor {
  const annotations = { "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": subject };
  return { ...descriptorOf(digit, { os: "unknown", architecture: "unknown" }), annotations };
}

const amd64 = descriptorOf("1", { os: "linux", architecture: "amd64" });
const arm64 = descriptorOf("2", { os: "linux", architecture: "arm64", variant: "v8" });
const windows = descriptorOf("3", { os: "windows", architecture: "amd64", "os.version": "10.0.20348.1" });

describe("indexEntries", () => {
  it("keeps the index's order of images, under their platforms' texts", () => {
    deepStrictEqual(
      [...indexEntries([windows, arm64, amd64]).images],
      [
        ["windows(10.0.20348.1)/amd64", windows],
        ["linux/arm64", arm64],
        ["linux/amd64", amd64],
      ],
    );
  });

  it("says which image an attestation belongs to, also when it stands before it", () => {
    const attestation = attestationOf("4", amd64.digest);
    deepStrictEqual(indexEntries([attestation, amd64]).attestations, [
      { digest: attestation.digest, subject: amd64.digest, platform: "linux/amd64", descriptor: attestation },
    ]);
  });

  it("leaves the platform out for an attestation of an image that is not there", () => {
    const attestation = attestationOf("4", arm64.digest);
    deepStrictEqual(indexEntries([attestation, amd64]).attestations, [
      { digest: attestation.digest, subject: arm64.digest, descriptor: attestation },
    ]);
  });

  it("leaves the subject out for an attestation that names no digest", () => {
    const attestation = attestationOf("4", "latest");
    deepStrictEqual(indexEntries([attestation, amd64]).attestations, [
      { digest: attestation.digest, descriptor: attestation },
    ]);
  });

  const others: readonly (readonly [title: string, descriptor: Descriptor])[] = [
    ["without a platform", descriptorOf("5")],
    ["of an unknown platform", descriptorOf("6", { os: "unknown", architecture: "unknown" })],
    ["that is an index", { ...arm64, mediaType: mediaTypes.ociIndex }],
    ["for a platform that there is already", { ...amd64, digest: `sha256:${"7".repeat(64)}` }],
  ];
  for (const [title, descriptor] of others) {
    it(`puts a descriptor ${title} with the others`, () => {
      const { images, others } = indexEntries([amd64, descriptor]);
      deepStrictEqual({ images: [...images.values()], others }, { images: [amd64], others: [descriptor] });
    });
  }
});
