import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { CredentialsArgs } from "../../../sdk/credentials";
import { Registry } from "../../../sdk/registry";
import { mockEngine, secretOf } from "./mocks";

const address = "registry.example.com";

describe("Registry", () => {
  const registrationOf = mockEngine();

  it("is of a type that states name, so it never changes", async () => {
    const { type } = await registrationOf(new Registry("type", { address }));
    assert.equal(type, "pulumi-nodejs:dynamic/multiarch:Registry");
  });

  it("registers what it was given and nothing else", async () => {
    const given = {
      address,
      plainHttp: false,
      caCertificate: "PEM",
      authRealms: ["auth.example.com"],
      preflight: true,
    };
    const { inputs } = await registrationOf(new Registry("given", { ...given, timeoutSeconds: 5 }));
    assert.deepEqual(inputs, {
      __provider: "exports.handler=()=>require('pulumi-multiarch/provider').registry;",
      resourceUrn: "urn:pulumi:stack::project::pulumi-nodejs:dynamic/multiarch:Registry::given",
      ...given,
      timeoutSeconds: 5,
    });
  });

  const secrets: Readonly<Record<string, [pulumi.Input<CredentialsArgs>, object]>> = {
    "a password": [
      { username: "ci", password: "canary" },
      { username: "ci", password: "canary" },
    ],
    "a token": [{ token: "canary" }, { token: "canary" }],
    "credentials that come as an output": [
      pulumi.output({ username: "ci", passwordEnv: "PASSWORD" }),
      { username: "ci", passwordEnv: "PASSWORD" },
    ],
    "credentials that come as a promise": [
      Promise.resolve({ username: "ci", password: "canary" }),
      { username: "ci", password: "canary" },
    ],
  };
  for (const [title, [credentials, value]] of Object.entries(secrets)) {
    it(`security row 15: makes a secret of ${title}`, async () => {
      const { inputs } = await registrationOf(new Registry(`secret ${title}`, { address, credentials }));
      assert.deepEqual(secretOf(inputs["credentials"]), value);
    });
  }

  const references: Readonly<Record<string, CredentialsArgs>> = {
    "the name of an environment variable": { username: "ci", passwordEnv: "PASSWORD" },
    "the names of two": { usernameEnv: "USER", passwordEnv: "PASSWORD" },
    "a key of the configuration": { username: "ci", passwordConfig: "registryPassword" },
    "an identity of Azure": { azure: { method: "oidc", clientId: "11112222", oidcTokenEnv: "ID_TOKEN" } },
    "no credentials at all": { anonymous: true },
  };
  for (const [title, credentials] of Object.entries(references)) {
    it(`registers in the clear ${title}`, async () => {
      const { inputs } = await registrationOf(new Registry(`clear ${title}`, { address, credentials }));
      assert.deepEqual(inputs["credentials"], credentials);
    });
  }

  it("security row 15: makes a secret of a client's key", async () => {
    const args = { address, clientCertificate: "certificate", clientKey: "canary" };
    const { inputs } = await registrationOf(new Registry("key", args));
    assert.equal(secretOf(inputs["clientKey"]), "canary");
  });

  it("is known from other resources", () => {
    const registry = new Registry("instance", { address });
    const others = [{ address }, address, pulumi.output(registry), undefined];
    assert.deepEqual([registry, ...others].map(Registry.isInstance), [true, false, false, false, false]);
  });
});
