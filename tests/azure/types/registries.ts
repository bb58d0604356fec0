import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as pulumi from "@pulumi/pulumi";
import * as multiarch from "pulumi-multiarch";
import { AcrBuild } from "pulumi-multiarch/azure";

// Never run: what compiles here is what `registry` takes.

const created = new containerregistry.Registry("created", { resourceGroupName: "apps", sku: { name: "Premium" } });
const later = containerregistry.getRegistryOutput({ resourceGroupName: "apps", registryName: "apps" });

export const taken: Readonly<Record<string, multiarch.RegistryInput>> = {
  "an azure-native Registry": created,
  "what getRegistryOutput gives": later,
  "a plain object": { loginServer: "example.azurecr.io", id: "/subscriptions/…" },
  "a plain object without an id": { loginServer: "example.azurecr.io" },
  "a plain object of outputs": { loginServer: created.loginServer, id: created.id },
  "one with credentials": { loginServer: "example.azurecr.io", credentials: { azure: { method: "cli" } } },
  "a Registry of ours": new multiarch.Registry("ours", { address: created.loginServer, resourceId: created.id }),
  "an address": "example.azurecr.io",
  "an address that is known later": created.loginServer,
};

export async function whatGetRegistryGives(): Promise<multiarch.RegistryInput> {
  return containerregistry.getRegistry({ resourceGroupName: "apps", registryName: "apps" });
}

export const build = new AcrBuild("build", {
  registry: created,
  repository: "team/server",
  tags: ["1.4.0"],
  context: ".",
  platforms: { "linux/amd64": "dockerfile.amd64", "linux/arm64": { target: pulumi.output("server") } },
});

// @ts-expect-error: an id alone says nothing of the address.
export const refused: multiarch.RegistryInput = { id: created.id };
