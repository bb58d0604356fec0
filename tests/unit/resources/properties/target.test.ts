import assert from "node:assert/strict";
import {
  canonicalRegistry,
  parseTarget,
  repositoryName,
  sameTarget,
} from "../../../../provider/resources/properties/target";
import { unknownValue } from "../../../../provider/resources/properties/unknown";

const bag = { registry: { address: "index.docker.io", plainHttp: false }, repository: "team/server" };

describe("a target", () => {
  it("is a connection and a repository, the address in canonical form", () => {
    const target = parseTarget(bag);
    assert.deepEqual(target, { connection: { address: "docker.io", plainHttp: false }, repository: "team/server" });
    assert.equal(target && repositoryName(target), "docker.io/team/server");
    assert.deepEqual(canonicalRegistry(bag, target), { registry: { address: "docker.io", plainHttp: false } });
  });

  for (const [title, unknown] of [
    ["the address", { ...bag, registry: { address: unknownValue } }],
    ["a password", { ...bag, registry: { address: "a", credentials: { username: "ci", password: unknownValue } } }],
    ["the whole registry", { ...bag, registry: unknownValue }],
    ["the repository", { ...bag, repository: unknownValue }],
  ] as const) {
    it(`is not known while ${title} is not`, () => {
      assert.equal(parseTarget(unknown), undefined);
      assert.deepEqual(canonicalRegistry(unknown, undefined), {});
    });
  }

  it("is the same for the same address and repository, however it is reached", () => {
    assert.equal(sameTarget(bag, { ...bag, registry: { address: "index.docker.io" } }), true);
    assert.equal(sameTarget(bag, { ...bag, repository: "team/other" }), false);
    assert.equal(sameTarget(bag, { ...bag, registry: { address: "quay.io" } }), false);
  });
});
