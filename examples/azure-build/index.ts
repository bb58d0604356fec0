import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as pulumi from "@pulumi/pulumi";
import { AcrBuild } from "pulumi-multiarch/azure";

const config = new pulumi.Config();
const registry = containerregistry.getRegistryOutput({
  resourceGroupName: config.require("resourceGroup"),
  registryName: config.require("registry"),
});

// Azure builds both images from the folder `app`, and this package makes the index over them.
const server = new AcrBuild("server", {
  registry,
  repository: "team/server",
  tags: ["1.4.0"],
  context: "app",
  platforms: { "linux/amd64": "dockerfile.amd64", "linux/arm64": "dockerfile.arm64" },
});

export const image = server.ref;
export const digests = server.platforms;
