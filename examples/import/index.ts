import * as pulumi from "@pulumi/pulumi";
import * as multiarch from "pulumi-multiarch";

// What `az acr import` does, for any registry: a multi-architecture image comes over as it is, so its digest stays.

const config = new pulumi.Config();
const registry = new multiarch.Registry("registry", { address: config.require("registry") });

const imported = new multiarch.ImportedImage("imported", {
  registry,
  repository: "mirror/base",
  tags: ["1.0.0"],
  source: { image: config.require("source") }, // for example docker.io/library/alpine:3.20
  requiredPlatforms: ["linux/amd64", "linux/arm64"],
});

export const image = imported.ref;
export const digest = imported.digest;
export const digests = imported.platforms;
