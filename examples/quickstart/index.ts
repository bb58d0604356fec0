import * as pulumi from "@pulumi/pulumi";
import * as multiarch from "pulumi-multiarch";

const config = new pulumi.Config();
const binaries = config.require("binaries"); // a folder with one build of the program per platform
const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7", "linux/ppc64le", "linux/riscv64", "linux/s390x"];

const registry = new multiarch.Registry("registry", { address: config.require("registry") });
const repository = config.get("repository") ?? "quickstart/esbuild";

const images = platforms.map(
  (platform) =>
    new multiarch.PlatformImage(`esbuild-${platform}`, {
      registry,
      repository,
      platform,
      source: {
        files: { "/usr/bin/esbuild": `${binaries}/${platform}/esbuild` },
        config: { entrypoint: ["/usr/bin/esbuild"] },
      },
    }),
);

const esbuild = new multiarch.MultiArchImage("esbuild", {
  registry,
  repository,
  tags: ["1.0.0", "latest"],
  images,
  requiredPlatforms: platforms,
});

export const image = esbuild.ref;
export const digests = esbuild.platforms;
