import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../support/sourceFiles";

interface Needs {
  needsOf(files: readonly string[]): ReadonlySet<string>;
  testFilesIn(path: string): readonly string[];
}
interface ImportGraph {
  filesNeededBy(file: string): ReadonlySet<string>;
}

/** How a test names a program that it starts, and the need that provides the program. */
const programs: readonly (readonly [named: RegExp, need: string])[] = [
  [/execFileSync\("skopeo"|execute\("skopeo"|\["skopeo"/, "skopeo"],
  [/bin\/crane"|"bin", "crane"/, "crane"],
  [/"bin", "regctl"/, "regctl"],
  [/"(podman|buildah)", \[/, "podman"],
  [/execFileSync\("htpasswd"/, "registries"],
  [/\.tools\/bin\/registry/, "registries"],
  [/bin\/olareg"/, "olareg"],
  [/tools\/nodes\.json/, "nodes"],
];

describe("npm test -- FILE", () => {
  let needs: Needs;
  let graph: ImportGraph;
  before(async () => {
    needs = await import(join(checkout, "tools/needs.mjs"));
    graph = await import(join(checkout, "tools/importGraph.mjs"));
  });

  it("provides each program that the file starts, itself or through what it imports", function () {
    this.timeout(60_000);
    const missing = needs.testFilesIn("tests").flatMap((test) => {
      const provided = needs.needsOf([test]);
      const texts = [...graph.filesNeededBy(test)]
        .filter((file) => file.startsWith("tests/") && !file.startsWith("tests/unit/house/"))
        .map((file) => readFileSync(join(checkout, file), "utf8"));
      return programs
        .filter(([named, need]) => texts.some((text) => named.test(text)) && !provided.has(need))
        .map(([, need]) => `${test}: ${need}`);
    });
    assert.deepEqual(missing, []);
  });

  it("provides nothing for unit tests but the compiled package", () => {
    assert.deepEqual([...needs.needsOf(needs.testFilesIn("tests/unit"))], ["package"]);
  });
});
