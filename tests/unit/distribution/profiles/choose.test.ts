import assert from "node:assert/strict";
import { azureProfile } from "../../../../provider/distribution/profiles/azure";
import { profileOf } from "../../../../provider/distribution/profiles/choose";
import { genericProfile } from "../../../../provider/distribution/profiles/generic";

describe("profileOf", () => {
  it("knows Azure's registries by their name, without a request", () => {
    assert.equal(profileOf({ address: "team.azurecr.io" }), azureProfile);
  });

  it("knows them behind another name by their credentials", () => {
    assert.equal(profileOf({ address: "images.example.com", credentials: { azure: {} } }), azureProfile);
  });

  it("assumes nothing but the distribution API of every other registry", () => {
    for (const address of ["ghcr.io", "docker.io", "localhost:5000", "azurecr.io.example"])
      assert.equal(profileOf({ address }), genericProfile);
  });

  it("asks for the right to delete alone where that is a right of its own", () => {
    const scopes = [genericProfile, azureProfile].map((profile) => profile.deleteScope("team/server")[0]?.actions);
    assert.deepEqual(scopes, [["pull", "push", "delete"], ["delete"]]);
  });
});
