import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { checkout } from "../support/sourceFiles";

describe("azure-native 3.28", function () {
  this.timeout(120_000);

  it("fits: its registries are taken as they are, and the examples for Azure compile", () => {
    const tsc = join(checkout, "node_modules/typescript/bin/tsc");
    const { stdout } = spawnSync("node", [tsc, "-p", "examples/tsconfig.azure.json"], {
      cwd: checkout,
      encoding: "utf8",
    });
    assert.equal(stdout, "");
  });

  it("is not loaded by pulumi-multiarch/azure, nor is a client", () => {
    const script = "require('pulumi-multiarch/azure'); console.log(JSON.stringify(Object.keys(require.cache)))";
    const { stdout } = spawnSync("node", ["-e", script], { cwd: checkout, encoding: "utf8" });
    const loaded: readonly string[] = JSON.parse(stdout);
    assert.deepEqual(
      loaded.filter((path) => /azure-native|bin\/provider|node_modules\/undici/.test(path)),
      [],
    );
  });
});
