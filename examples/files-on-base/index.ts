import * as pulumi from "@pulumi/pulumi";
import * as multiarch from "pulumi-multiarch";

const config = new pulumi.Config();
const binaries = config.require("binaries"); // a folder with one build of the program per platform
const base = config.require("base"); // an image with a shell and certificates, for example debian:bookworm-slim
const platforms = ["linux/amd64", "linux/arm64"];

const registry = new multiarch.Registry("registry", { address: config.require("registry") });
const repository = "team/esbuild";

const images = platforms.map(
  (platform) =>
    new multiarch.PlatformImage(`esbuild-${platform}`, {
      registry,
      repository,
      platform,
      source: {
        base, // the platform is picked; its layers are mounted where they are on the same registry
        files: {
          "/bin/esbuild": `${binaries}/${platform}/esbuild`, // where /bin is a link to usr/bin, written there
          "/srv/site": { path: "site", uid: 1000, gid: 1000 }, // a folder with all that is in it
        },
        config: {
          entrypoint: ["/bin/esbuild"],
          cmd: ["/srv/site/index.js"],
          env: { NODE_ENV: "production" }, // the base's other variables stay
          workingDir: "/srv/site",
          user: "1000:1000",
        },
      },
    }),
);

const esbuild = new multiarch.MultiArchImage("esbuild", { registry, repository, tags: ["1.0.0"], images });

export const image = esbuild.ref;
export const digests = esbuild.platforms;
