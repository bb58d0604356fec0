import { strictEqual } from "node:assert/strict";
import { createHost } from "../../../provider/host/process";

describe("createHost", () => {
  it("has no blob followed where no display shows it, so that progress costs nothing there", () => {
    strictEqual(createHost().context("urn").progress, undefined);
  });
});
