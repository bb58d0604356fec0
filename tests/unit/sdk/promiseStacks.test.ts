import assert from "node:assert/strict";
import { basename } from "node:path";
import { PlatformImage, type PlatformImageArgs } from "../../../sdk/platformImage";
import { mockEngine } from "./mocks";

const args: PlatformImageArgs = {
  registry: "localhost:5000",
  repository: "team/server",
  platform: "linux/arm64",
  source: { ociLayout: "out/arm64" },
};

describe("the stacks of a program", () => {
  mockEngine({});

  it("are as long after a resource as before", () => {
    const { stackTraceLimit } = Error;
    new PlatformImage("lasting", args);
    assert.equal(Error.stackTraceLimit, stackTraceLimit);
  });

  it("tell where a resource is that Pulumi refuses, and are as long after it", () => {
    const { stackTraceLimit } = Error;
    assert.throws(
      () => new PlatformImage("", args),
      (error) => error instanceof Error && (error.stack ?? "").includes(basename(__filename)),
    );
    assert.equal(Error.stackTraceLimit, stackTraceLimit);
  });
});
