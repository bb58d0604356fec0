import * as pulumi from "@pulumi/pulumi";
import * as multiarch from "pulumi-multiarch";

// What https://learn.microsoft.com/azure/container-registry/push-multi-architecture-images does with docker push and docker
// manifest: an image for each architecture under a tag of its own, and one that is all of them under `multi`.

const config = new pulumi.Config();
const builds = config.require("builds"); // a folder with what `docker save myimage:arm64 -o arm64.tar` wrote, and amd64.tar
const registry = new multiarch.Registry("registry", { address: config.require("registry") });
const repository = "multi-arch-samples/myimage";

const images = ["arm64", "amd64"].map(
  (architecture) =>
    new multiarch.PlatformImage(`myimage-${architecture}`, {
      registry,
      repository,
      tag: architecture,
      platform: `linux/${architecture}`, // what the image's config must say
      source: { archive: `${builds}/${architecture}.tar` }, // or from the engine: { daemon: `myimage:${architecture}` }
    }),
);

const myimage = new multiarch.MultiArchImage("myimage", {
  registry,
  repository,
  tags: ["multi"],
  images,
  requiredPlatforms: ["linux/arm64", "linux/amd64"],
});

export const image = myimage.ref;
export const digests = myimage.platforms;
