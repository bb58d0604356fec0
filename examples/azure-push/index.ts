import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import * as multiarch from "pulumi-multiarch";

const config = new pulumi.Config();
const binaries = config.require("binaries"); // a folder with one build of the program per platform
const platforms = ["linux/amd64", "linux/arm64"];

const group = new resources.ResourceGroup("apps");
const registry = new containerregistry.Registry("apps", { resourceGroupName: group.name, sku: { name: "Premium" } });
const repository = "team/esbuild";

// The registry's address is not known in the first preview; the digests are.
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

const esbuild = new multiarch.MultiArchImage("esbuild", { registry, repository, tags: ["1.0.0", "latest"], images });

export const image = esbuild.ref;
export const digests = esbuild.platforms;
