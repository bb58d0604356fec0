import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Registry } from "../../../sdk/registry";
import { resourceUrn } from "../../../sdk/resourceUrn";
import { mockEngine, outputValue } from "./mocks";

const type = "pulumi-nodejs:dynamic/multiarch:PlatformImage";

describe("resourceUrn", () => {
  mockEngine();

  it("is the one that the resource then has", async () => {
    const { urn } = new Registry("alone", { address: "localhost:5000" });
    assert.equal(await resourceUrn("pulumi-nodejs:dynamic/multiarch:Registry", "alone"), await outputValue(urn));
  });

  it("has the types of the components above it", async () => {
    const outer = new pulumi.ComponentResource("test:index:Outer", "outer");
    const parent = new pulumi.ComponentResource("test:index:Inner", "inner", {}, { parent: outer });
    assert.equal(
      await resourceUrn(type, "child", { parent }),
      `urn:pulumi:stack::project::test:index:Outer$test:index:Inner$${type}::child`,
    );
  });
});
