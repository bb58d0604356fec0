import assert from "node:assert/strict";
import { parseConnection } from "../../../../provider/resources/properties/connectionInput";

describe("parseConnection", () => {
  it("writes the address in canonical form", () => {
    assert.deepEqual(parseConnection({ address: "index.docker.io" }, ""), { address: "docker.io" });
  });

  it("leaves out what is absent", () => {
    const bag = { address: "localhost:5000", plainHttp: null, authRealms: [], credentials: undefined };
    assert.deepEqual(parseConnection(bag, ""), { address: "localhost:5000" });
  });

  it("reads every field", () => {
    const connection = {
      address: "registry.example.com",
      credentials: { username: "ci", passwordEnv: "PASSWORD" },
      plainHttp: false,
      caCertificate: "ca",
      clientCertificate: "certificate",
      clientKey: "key",
      authRealms: ["auth.example.com"],
      timeoutSeconds: 5,
    };
    assert.deepEqual(parseConnection(connection, ""), connection);
  });

  for (const credentials of [
    { username: "ci", passwordEnv: "PASSWORD" },
    { usernameEnv: "USER", passwordEnv: "PASSWORD" },
    { username: "ci", passwordConfig: "registryPassword" },
    { username: "ci", password: "secret" },
    { token: "secret" },
    { azure: {} },
    { azure: { method: "oidc", tenantId: "t", clientId: "c", oidcTokenEnv: "ID_TOKEN" } },
    { anonymous: true },
  ]) {
    it(`takes the credentials ${JSON.stringify(credentials)}`, () => {
      assert.deepEqual(parseConnection({ address: "localhost", credentials }, "").credentials, credentials);
    });
  }

  const refused: readonly (readonly [string, object, string])[] = [
    ["no address", {}, "registry.address"],
    ["an address with a path", { address: "localhost/team" }, "registry.address"],
    ["an address with a scheme", { address: "https://localhost" }, "registry.address"],
    ["a user without a password", { address: "localhost", credentials: { username: "ci" } }, "registry.credentials"],
    [
      "two kinds of password",
      { address: "localhost", credentials: { username: "ci", password: "a", passwordEnv: "B" } },
      "registry.credentials",
    ],
    [
      "an empty password",
      { address: "localhost", credentials: { username: "ci", password: "" } },
      "registry.credentials.password",
    ],
    ["anonymous: false", { address: "localhost", credentials: { anonymous: false } }, "registry.credentials"],
    ["azure: true", { address: "localhost", credentials: { azure: true } }, "registry.credentials.azure"],
    [
      "a method of Azure that there is not",
      { address: "localhost", credentials: { azure: { method: "password" } } },
      "registry.credentials.azure.method",
    ],
    [
      "a secret of Azure in the program",
      { address: "localhost", credentials: { azure: { clientSecret: "hunter2" } } },
      "registry.credentials.azure.clientSecret",
    ],
    ["a certificate without its key", { address: "localhost", clientCertificate: "a" }, "registry.clientKey"],
    ["a key without its certificate", { address: "localhost", clientKey: "a" }, "registry.clientCertificate"],
    ["a realm that is no text", { address: "localhost", authRealms: [7] }, "registry.authRealms[0]"],
    ["a time-out that is no number", { address: "localhost", timeoutSeconds: "5" }, "registry.timeoutSeconds"],
    ["a time-out of 0, which would be none", { address: "localhost", timeoutSeconds: 0 }, "registry.timeoutSeconds"],
    ["a time-out of more than an hour", { address: "localhost", timeoutSeconds: 3601 }, "registry.timeoutSeconds"],
    ["plainHttp that is no boolean", { address: "localhost", plainHttp: "true" }, "registry.plainHttp"],
  ];
  for (const [title, bag, path] of refused) {
    it(`refuses ${title}, naming ${path}`, () => {
      assert.throws(() => parseConnection({ ...bag }, "registry"), { code: "ERR_INPUT_INVALID", details: { path } });
    });
  }

  it("security row 15: says which fields credentials have, and never their values", () => {
    const bag = { address: "localhost", credentials: { username: "ci", password: "hunter2", extra: "hunter3" } };
    assert.throws(
      () => parseConnection(bag, "registry"),
      (error) => error instanceof Error && !error.message.includes("hunter") && error.message.includes("extra"),
    );
  });
});
