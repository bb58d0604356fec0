import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { checkout } from "../../support/sourceFiles";

/** knip follows no `typeof import("…")`, by which the provider types the rooms that it loads when they are first needed. */
const loadedLazily = [
  "acrRunLifecycle",
  "importedImageLifecycle",
  "multiArchImageLifecycle",
  "platformImageLifecycle",
  "registryLifecycle",
  "resolveArchive",
  "resolveDaemon",
  "resolveFiles",
];

/** The findings of knip: files, exports and dependencies that nothing uses. */
function findings(...options: readonly string[]): readonly string[] {
  const knip = join(checkout, "node_modules", "knip", "bin", "knip.js");
  const { stdout, stderr } = spawnSync(process.execPath, [knip, "--reporter=json", ...options], {
    cwd: checkout,
    encoding: "utf8",
  });
  if (stdout === "") throw new Error(stderr);
  const { issues }: { issues: readonly Readonly<Record<string, unknown>>[] } = JSON.parse(stdout);
  return issues
    .flatMap(({ file, ...kinds }) =>
      Object.values(kinds).flatMap((found) => namesIn(found).map((name) => ({ file, name }))),
    )
    .filter(({ name }) => !loadedLazily.includes(name))
    .map(({ file, name }) => `${file}: ${name}`);
}

function namesIn(found: unknown): readonly string[] {
  return Array.isArray(found) ? found.flat().map(({ name }: { name: string }) => name) : [];
}

describe("dead code", function () {
  this.timeout(60_000);

  it("does not exist: every file, export and dependency is used", () => assert.deepEqual(findings(), []));

  it("is not kept alive by tests alone: the product uses each of its exports", () =>
    assert.deepEqual(findings("--production"), []));
});
