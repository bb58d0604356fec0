import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as pulumi from "@pulumi/pulumi";
import * as multiarch from "pulumi-multiarch";

const config = new pulumi.Config();
const resourceGroupName = config.require("resourceGroup");

// Both exist already: one of a build, one of production. Azure copies between them; no layer comes to this machine.
const builds = containerregistry.getRegistryOutput({ resourceGroupName, registryName: config.require("builds") });
const production = containerregistry.getRegistryOutput({
  resourceGroupName,
  registryName: config.require("production"),
});

const server = new multiarch.ImportedImage("server", {
  registry: production,
  repository: "team/server",
  tags: ["1.4.0"],
  source: { image: pulumi.interpolate`${builds.loginServer}/team/server:1.4.0`, registry: builds },
  requiredPlatforms: ["linux/amd64", "linux/arm64"],
});

export const image = server.ref;
export const digests = server.platforms;
