import assert from "node:assert/strict";
import {
  anonymous,
  basicAuthorization,
  basicCredentials,
  describeCredentials,
  identityTokenCredentials,
  type ResolvedCredentials,
  registryTokenCredentials,
} from "../../../provider/distribution/resolvedCredentials";
import { hasCode, redact } from "../../../provider/errors";

describe("resolved credentials", () => {
  it("security row 15: have their secret redacted, alone and as a header carries it", () => {
    basicCredentials("r.example.com", "alice", "canary-pässword");
    identityTokenCredentials("canary-identity");
    registryTokenCredentials("canary-registry");
    const header = Buffer.from("alice:canary-pässword").toString("base64");
    const text = `canary-pässword ${header} canary-identity canary-registry`;
    assert.equal(redact(text), "[redacted] [redacted] [redacted] [redacted]");
  });

  it("refuse a user name with a colon, which would move part of it into the password", () => {
    assert.throws(
      () => basicCredentials("r.example.com", "a:b", "canary"),
      (error) => hasCode(error, "ERR_AUTH"),
    );
  });

  it("make a Basic header in UTF-8", () => {
    assert.equal(basicAuthorization({ username: "é", password: "ü:1" }), "Basic w6k6w7w6MQ==");
  });

  const descriptions: readonly (readonly [credentials: ResolvedCredentials, description: string])[] = [
    [{ kind: "basic", username: "alice", password: "canary" }, 'user "alice"'],
    [{ kind: "identityToken", username: "alice", token: "canary" }, 'the identity token of user "alice"'],
    [{ kind: "identityToken", token: "canary" }, "the identity token"],
    [{ kind: "registryToken", token: "canary" }, "the registry token"],
    [anonymous, "an anonymous client"],
  ];
  for (const [credentials, description] of descriptions)
    it(`are called ${description} in messages`, () => assert.equal(describeCredentials(credentials), description));
});
