import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkout } from "../../support/sourceFiles";

describe("docs/testing.md", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "multiarch-testing-"));
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(checkout, join(folder, "node_modules", "pulumi-multiarch"));
    symlinkSync(join(checkout, "node_modules", "@pulumi"), join(folder, "node_modules", "@pulumi"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("shows a test with Pulumi's mocks that passes", () => {
    const document = readFileSync(join(checkout, "docs/testing.md"), "utf8");
    const [, test = ""] = /^```js\n([\s\S]*?)^```$/m.exec(document) ?? [];
    const file = join(folder, "server.test.js");
    writeFileSync(file, test);
    const mocha = join(checkout, "node_modules", "mocha", "bin", "mocha.js");
    const output = execFileSync("node", [mocha, "--no-config", "--reporter=json", file], {
      cwd: folder,
      encoding: "utf8",
    });
    assert.deepEqual(JSON.parse(output).stats.passes, 1);
  });
});
