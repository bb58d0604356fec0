import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { relative } from "node:path";
import * as sdk from "pulumi-multiarch";
import { hasCode } from "../../../provider/errors";
import { checkout } from "../../support/sourceFiles";

describe("the package", () => {
  it("exports resources and functions, and nothing else that runs", () => {
    assert.deepEqual(Object.keys(sdk).sort(), [
      "ImportedImage",
      "MultiArchImage",
      "PlatformImage",
      "Registry",
      "getImage",
      "listManifests",
      "listTags",
    ]);
  });

  it("loads no client and no provider when a program imports it", () => {
    const script = "require('pulumi-multiarch'); console.log(JSON.stringify(Object.keys(require.cache)))";
    const loaded: readonly string[] = JSON.parse(
      execFileSync("node", ["-e", script], { cwd: checkout, encoding: "utf8" }),
    );
    const ours = loaded.map((path) => relative(checkout, path)).filter((path) => !path.includes("@pulumi/"));
    const unwanted = /^bin\/provider\/|node_modules\/undici\//;
    assert.deepEqual(
      ours.filter((path) => unwanted.test(path)),
      [],
    );
  });

  it("loads the provider when a function is called", async () => {
    await assert.rejects(sdk.listTags({ repository: "Team/Server" }), (error) =>
      hasCode(error, "ERR_REFERENCE_INVALID"),
    );
  });

  it("refuses with the provider's own error what is no reference", async () => {
    await assert.rejects(sdk.getImage({ reference: "Team/Server" }), (error) =>
      hasCode(error, "ERR_REFERENCE_INVALID"),
    );
  });
});
