import { ok, strictEqual } from "node:assert/strict";
import { formatImage } from "../../../provider/command/formatImage";
import type { ImageInformation } from "../../../provider/functions/imageInformation";
import type { Descriptor } from "../../../provider/oci/descriptor";

const indexType = "application/vnd.oci.image.index.v1+json";
const manifestType = "application/vnd.oci.image.manifest.v1+json";
const configType = "application/vnd.oci.image.config.v1+json";
const layerType = "application/vnd.oci.image.layer.v1.tar+gzip";

function descriptorOf(mediaType: string, digit: string, size: number): Descriptor {
  return { mediaType, digest: `sha256:${digit.repeat(64)}`, size };
}

function platformOf(digit: string, layerSizes: readonly number[]) {
  const descriptor = descriptorOf(manifestType, digit, 700);
  const config = descriptorOf(configType, "c", 1_000);
  const layers = layerSizes.map((size) => descriptorOf(layerType, "d", size));
  return { digest: descriptor.digest, descriptor, size: 1_000 + layerSizes.reduce((a, b) => a + b, 0), config, layers };
}

const amd64 = platformOf("1", [12_000_000, 300_000, 5]);
const arm64 = platformOf("2", [900_000]);
const windows = platformOf("3", [1_700_000_000]);
const missing = descriptorOf(manifestType, "4", 700);
const firstAttestation = descriptorOf(manifestType, "5", 800);
const secondAttestation = descriptorOf(manifestType, "6", 900);

const index: ImageInformation = {
  reference: "registry.example.com/team/server:1.4.0",
  descriptor: descriptorOf(indexType, "a", 2_345),
  platforms: {
    "linux/amd64": amd64,
    "linux/arm64": arm64,
    "windows(10.0.20348.1)/amd64": windows,
    "linux/s390x": { digest: missing.digest, descriptor: missing },
  },
  attestations: [
    { digest: firstAttestation.digest, subject: amd64.digest, platform: "linux/amd64", descriptor: firstAttestation },
    { digest: secondAttestation.digest, subject: amd64.digest, platform: "linux/amd64", descriptor: secondAttestation },
    { digest: secondAttestation.digest, subject: `sha256:${"7".repeat(64)}`, descriptor: secondAttestation },
  ],
  others: [descriptorOf("application/vnd.example.chart+json", "8", 50)],
  annotations: { "org.opencontainers.image.source": "https://example.com/team/server" },
  manifest: "{}",
};

const image: ImageInformation = {
  reference: "localhost:5000/team/server:1.4.0-arm64",
  descriptor: arm64.descriptor,
  platforms: { "linux/arm64/v8": arm64 },
  attestations: [],
  others: [],
  annotations: {},
  size: arm64.size,
  config: arm64.config,
  layers: arm64.layers,
  manifest: "{}",
};

describe("formatImage", () => {
  it("shows an index with each platform's size, other manifests, attestations one line an image, and annotations", () => {
    strictEqual(
      formatImage(index),
      `Reference: registry.example.com/team/server:1.4.0
Digest: sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
Media type: application/vnd.oci.image.index.v1+json
Size: 2.35 kB

Platforms:
  linux/amd64                  12.3 MB in 3 layers
    sha256:1111111111111111111111111111111111111111111111111111111111111111
  linux/arm64                  901 kB in 1 layer
    sha256:2222222222222222222222222222222222222222222222222222222222222222
  windows(10.0.20348.1)/amd64  1.70 GB in 1 layer
    sha256:3333333333333333333333333333333333333333333333333333333333333333
  linux/s390x                  not in the repository
    sha256:4444444444444444444444444444444444444444444444444444444444444444

Other manifests:
  50 B  application/vnd.example.chart+json
    sha256:8888888888888888888888888888888888888888888888888888888888888888

Attestations:
  linux/amd64           sha256:555555555555…, sha256:666666666666…
  sha256:777777777777…  sha256:666666666666…

Annotations:
  org.opencontainers.image.source: https://example.com/team/server
`,
    );
  });

  it("shows an image manifest with its config's platform and its layers", () => {
    strictEqual(
      formatImage(image),
      `Reference: localhost:5000/team/server:1.4.0-arm64
Digest: sha256:2222222222222222222222222222222222222222222222222222222222222222
Media type: application/vnd.oci.image.manifest.v1+json
Size: 700 B
Platform: linux/arm64/v8
Content: 901 kB in 1 layer

Config:
  1.00 kB  application/vnd.oci.image.config.v1+json
    sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc

Layers:
  900 kB  application/vnd.oci.image.layer.v1.tar+gzip
    sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd
`,
    );
  });

  it("says so when an image's config states no platform", () => {
    ok(formatImage({ ...image, platforms: {} }).includes("\nPlatform: none in its config\n"));
  });

  it("needs no more than 80 columns for what it lays out itself", () => {
    for (const line of formatImage(index).split("\n")) ok(line.length <= 80, line);
  });

  it("security row 24: leaves control characters of the registry out", () => {
    const hostile = "\u001b[2J\u009b1m\r\n";
    const printed = formatImage({
      ...index,
      descriptor: { ...index.descriptor, mediaType: hostile },
      platforms: { [hostile]: amd64 },
      annotations: { [hostile]: hostile },
    });
    strictEqual(/[^\P{Cc}\n]/u.test(printed), false);
  });
});
