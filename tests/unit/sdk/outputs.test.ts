import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { inputShapes } from "../../../provider/host/inputs/shapes";
import { AcrRun } from "../../../sdk/azure/acrRun";
import { ImportedImage } from "../../../sdk/importedImage";
import { MultiArchImage } from "../../../sdk/multiArchImage";
import { PlatformImage } from "../../../sdk/platformImage";
import { Registry } from "../../../sdk/registry";
import { mockEngine } from "./mocks";

const target = { registry: "localhost:5000", repository: "team/server" };

const resources: Readonly<Record<string, () => pulumi.Resource>> = {
  Registry: () => new Registry("outputs", { address: target.registry }),
  PlatformImage: () => new PlatformImage("outputs", { ...target, platform: "linux/arm64", source: "alpine" }),
  MultiArchImage: () => new MultiArchImage("outputs", { ...target, tags: [], images: [":arm64"] }),
  ImportedImage: () => new ImportedImage("outputs", { ...target, tags: [], source: "alpine" }),
  AcrRun: () => new AcrRun("outputs", { ...target, task: "", source: ".", images: {} }),
};

describe("the outputs of a resource", () => {
  mockEngine();
  for (const [kind, { outputs }] of Object.entries(inputShapes.resources))
    it(`are all there that ${kind} declares, from the first preview on`, () => {
      const members = new Map(Object.entries(resources[kind]?.() ?? assert.fail(kind)));
      const missing = outputs.filter((name) => !pulumi.Output.isInstance(members.get(name)));
      assert.deepEqual(missing, []);
    });
});
