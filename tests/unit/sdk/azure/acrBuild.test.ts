import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { AcrBuild } from "../../../../sdk/azure/acrBuild";
import { mockEngine } from "../mocks";

const common = {
  registry: { loginServer: "example.azurecr.io", id: "/subscriptions/1" },
  repository: "team/server",
  tags: ["1.4.0"],
  context: ".",
  platforms: { "linux/arm64": "Dockerfile" },
};

describe("AcrBuild", () => {
  const registrationOf = mockEngine({ digests: { "linux/arm64": "sha256:1" } });

  it("gives its index every argument that is not the run's, so that none is lost and check refuses what has no name", async () => {
    const given = {
      lock: { tag: true },
      onLocked: "unlock",
      onUnlist: "untag",
      annotations: { a: "b" },
      format: "oci",
    };
    const build: AcrBuild = Reflect.construct(AcrBuild, ["given", { ...common, ...given, dockerfiles: {}, cpu: 2 }]);
    const { inputs } = await registrationOf(build.index);
    const { lock, onLocked, onUnlist, annotations, format, dockerfiles, cpu } = Object(inputs);
    assert.deepEqual({ lock, onLocked, onUnlist, annotations, format }, given);
    assert.deepEqual([dockerfiles, cpu], [{}, undefined]);
  });

  it("is refused without platforms by one sentence, which Pulumi prints without a stack", () => {
    const isRefusal = (error: unknown) =>
      pulumi.RunError.isInstance(error) && /^AcrBuild "wrong": platforms: an object .* is needed/.test(error.message);
    assert.throws(() => Reflect.construct(AcrBuild, ["wrong", { ...common, platforms: undefined }]), isRefusal);
    assert.throws(() => Reflect.construct(AcrBuild, ["wrong"]), isRefusal);
  });
});
