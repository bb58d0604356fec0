import assert from "node:assert/strict";
import { parseRegistryAddress } from "../../../provider/oci/reference";
import { canonicalAddress } from "../../../sdk/registryAddress";

describe("canonicalAddress", () => {
  for (const address of [
    "LOCALHOST:5000",
    "Registry.Example.com",
    "index.docker.io",
    "registry-1.docker.io",
    "docker.io",
  ])
    it(`gives ${address} the form that the provider gives it`, () => {
      assert.equal(canonicalAddress(address), parseRegistryAddress(address));
    });
});
