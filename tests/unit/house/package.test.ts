import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packageJson from "../../../package.json";
import { checkout } from "../../support/sourceFiles";

function pathsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return Object.values(value ?? {}).flatMap(pathsIn);
}

function modificationTimes(folder: string): readonly string[] {
  return readdirSync(join(checkout, folder), { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => `${name} ${statSync(join(checkout, folder, name)).mtimeMs}`);
}

describe("the package", () => {
  const { main, types, bin, exports } = packageJson;
  for (const path of new Set(pathsIn([main, types, bin, exports]))) {
    it(`has the file ${path} that package.json names`, () => {
      assert.equal(existsSync(join(checkout, path)), true);
    });
  }

  it("is listed by npm pack --dry-run, which changes no file", function () {
    this.timeout(60_000);
    execFileSync("npm", ["run", "--silent", "build"], { cwd: checkout });
    const before = modificationTimes("bin");
    const [{ files }] = JSON.parse(
      execFileSync("npm", ["pack", "--dry-run", "--json", "--silent"], { cwd: checkout, encoding: "utf8" }),
    );
    const listed: readonly string[] = files.map(({ path }: { path: string }) => path);
    assert.deepEqual(modificationTimes("bin"), before);
    assert.deepEqual(listed.filter((path) => !/^bin\/(provider|sdk)\//.test(path)).sort(), [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "package.json",
    ]);
  });

  describe("as it is packed", function () {
    this.timeout(60_000);
    let folder: string;
    let archive: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "multiarch-pack-"));
      const args = ["pack", "--ignore-scripts", "--silent", `--pack-destination=${folder}`];
      archive = join(folder, execFileSync("npm", args, { cwd: checkout, encoding: "utf8" }).trim());
    });
    after(() => rmSync(folder, { recursive: true }));

    for (const [title, program] of [
      ["resolves to the right types in every module system", "@arethetypeswrong/cli/dist/index.js"],
      ["is what every bundler and runtime takes", "publint/src/cli.js"],
    ] as const)
      it(title, () => {
        const file = join(checkout, "node_modules", program);
        const { status, stdout } = spawnSync(process.execPath, [file, archive], { encoding: "utf8" });
        assert.equal(status, 0, stdout);
        assert.doesNotMatch(stdout, /Suggestions|Warnings|Errors/);
      });
  });

  it("is found by its own name, as the recorded state of a stack asks for it", () => {
    const found = execFileSync("node", ["-p", "require.resolve('pulumi-multiarch/provider')"], { cwd: checkout });
    assert.equal(found.toString().trim(), join(checkout, "bin/provider/index.js"));
  });

  it("has source maps, so that the stack of an internal error names this package's sources and their lines", () => {
    // Pulumi's provider process begins with the same.
    const script = `
      require(require.resolve("source-map-support/register", { paths: [require.resolve("@pulumi/pulumi")] }));
      const { createHost } = require("./bin/provider/host/process");
      const failing = ({ claims }) => claims.noSuchMethod();
      createHost({ tell: ({ text }) => console.log(text) }).call("urn", failing).catch(() => {});`;
    const stack = execFileSync("node", ["-e", script], { cwd: checkout, encoding: "utf8" });
    assert.match(stack, /provider\/host\/process\.ts:\d+/);
  });

  it("security row 20: installs without scripts of its own, and with three runtime dependencies beside @pulumi/pulumi", () => {
    const { dependencies, scripts } = packageJson;
    const others = Object.keys(dependencies).filter((name) => name !== "@pulumi/pulumi");
    assert.deepEqual(others, ["fflate", "tar", "undici"]);
    assert.deepEqual(
      Object.keys(scripts).filter((name) => /^(pre|post)?install$|^prepare$/.test(name)),
      [],
    );
  });

  it("security row 20: pins every package of a checkout by its integrity", () => {
    const lock = JSON.parse(readFileSync(join(checkout, "package-lock.json"), "utf8"));
    const packages: [string, { integrity?: string; link?: boolean; inBundle?: boolean }][] = Object.entries(
      lock.packages,
    );
    const unpinned = packages.filter(
      ([path, { integrity, link, inBundle }]) => path.startsWith("node_modules/") && !integrity && !link && !inBundle,
    );
    assert.deepEqual(
      unpinned.map(([path]) => path),
      [],
    );
  });

  it("names the host of no package registry, so that it installs from whichever one a user has", () => {
    // Joined here, or this file would be found.
    const hosts = [
      ["registry", "npmjs", "org"],
      ["registry", "yarnpkg", "com"],
      ["proxy", "golang", "org"],
      ["deb", "debian", "org"],
      ["pypi", "org"],
    ].map((labels) => labels.join("."));
    const files = execFileSync("git", ["ls-files"], { cwd: checkout, encoding: "utf8" }).split("\n").filter(Boolean);
    const naming = files
      .filter((file) => existsSync(join(checkout, file)))
      .filter((file) => hosts.some((host) => readFileSync(join(checkout, file), "utf8").includes(host)));
    assert.deepEqual(naming, []);
  });
});
