import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Registry } from "../../../sdk/registry";
import { flattenRegistry, type RegistryInput } from "../../../sdk/registryInput";
import { mockEngine, outputValue } from "./mocks";

describe("flattenRegistry", () => {
  mockEngine({ address: "docker.io" });

  const inputs: Readonly<Record<string, () => RegistryInput>> = {
    "an address": () => "docker.io",
    "an address that comes as an output": () => pulumi.output("docker.io"),
    "an address that comes as a promise": () => Promise.resolve("docker.io"),
    "the arguments of a connection": () => ({ address: "docker.io" }),
    "a Registry, by the address that the provider made of its own": () =>
      new Registry("flat", { address: "index.docker.io" }),
  };
  for (const [title, input] of Object.entries(inputs)) {
    it(`takes ${title}`, async () => {
      const flat = await outputValue(pulumi.output(flattenRegistry(input(), "at")));
      assert.deepEqual(JSON.parse(JSON.stringify(flat)), { address: "docker.io" }, "as it crosses to the provider");
    });
  }

  const azure = { loginServer: "example.azurecr.io", id: "/subscriptions/1" };
  const azureInputs: Readonly<Record<string, () => RegistryInput>> = {
    "a plain object": () => azure,
    "a plain object of outputs": () => ({ loginServer: pulumi.output(azure.loginServer), id: pulumi.output(azure.id) }),
    "what a function of azure-native gives later": () => pulumi.output(azure),
  };
  for (const [title, input] of Object.entries(azureInputs)) {
    it(`takes a registry of Azure by its login server and id: ${title}`, async () => {
      const flat = await outputValue(pulumi.output(flattenRegistry(input(), "at")));
      assert.deepEqual(flat, { address: azure.loginServer, resourceId: azure.id });
    });
  }

  it("takes from a Registry how to connect, but not how it behaves itself", async () => {
    const connection = { plainHttp: true, timeoutSeconds: 5, credentials: { username: "ci", passwordEnv: "PASSWORD" } };
    const registry = new Registry("connection", { address: "docker.io", preflight: false, ...connection });
    const flat = await outputValue(pulumi.output(flattenRegistry(registry, "at")));
    assert.deepEqual(flat, { address: "docker.io", ...connection });
  });

  for (const [title, input] of Object.entries({
    "a Registry's": () =>
      new Registry("secret", { address: "docker.io", credentials: { username: "ci", password: "canary" } }),
    "bare arguments'": () => ({ address: "docker.io", credentials: { username: "ci", password: "canary" } }),
  })) {
    it(`security row 15: keeps ${title} password secret`, async () => {
      assert.equal(await pulumi.isSecret(pulumi.output(flattenRegistry(input(), "at").credentials)), true);
    });
  }
});
