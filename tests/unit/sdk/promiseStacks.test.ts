import assert from "node:assert/strict";
import { basename } from "node:path";
import { Registry } from "../../../sdk/registry";
import { mockEngine } from "./mocks";

describe("the stacks of a program", () => {
  mockEngine({});

  it("are as long after a resource as before", () => {
    const { stackTraceLimit } = Error;
    new Registry("lasting", { address: "localhost:5000" });
    assert.equal(Error.stackTraceLimit, stackTraceLimit);
  });

  it("tell where a resource is that Pulumi refuses, and are as long after it", () => {
    const { stackTraceLimit } = Error;
    assert.throws(
      () => new Registry("", { address: "localhost:5000" }),
      (error) => error instanceof Error && (error.stack ?? "").includes(basename(__filename)),
    );
    assert.equal(Error.stackTraceLimit, stackTraceLimit);
  });
});
