import assert from "node:assert/strict";
import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { uniqueName } from "../registry/distribution/content";
import { type Layout, makeLayout } from "../support/layouts";
import { type CommandResult, createStack, linkPackage, type Stack } from "../support/pulumi";
import { onOneRegistry } from "../support/registries";
import { checkout } from "../support/sourceFiles";
import { headDigest } from "./clients";
import { diagnostics, shownOutput, succeeding } from "./plan";
import { programText } from "./programs";

const body = `
const { Server } = require("component-library");
const server = new Server("server", { address, repository, layout });
const index = new multiarch.MultiArchImage("server", { registry: address, repository, tags: ["1.0"], images: [server.image] });
exports.ref = index.ref;
`;
/** A program that wants a tag which a resource of the library's copy has. */
const contending = `${body}
new server.multiarch.MultiArchImage("theirs", { registry: address, repository, tags: ["1.0"], images: [server.image] });
`;
/** The program of somebody who does not know what the library is made of. */
const unaware = (values: object) =>
  programText({ ...values }, body.replace(/^const index[\s\S]*$/m, "")).replace(
    'const multiarch = require("pulumi-multiarch");',
    "",
  );

const library = `
const pulumi = require("@pulumi/pulumi");
const multiarch = require("pulumi-multiarch");
exports.Server = class Server extends pulumi.ComponentResource {
  constructor(name, { address, repository, layout }, opts) {
    super("library:index:Server", name, {}, opts);
    const common = { registry: address, repository, platform: "linux/amd64", source: { ociLayout: layout } };
    this.multiarch = multiarch;
    this.image = new multiarch.PlatformImage(name + "-amd64", common, { parent: this });
  }
};
`;

onOneRegistry("a component library that uses the package", (registry) => {
  const repository = uniqueName();
  let layout: Layout;
  let stack: Stack;
  const results: Record<string, CommandResult> = {};

  const packages = (...names: readonly string[]) => join(stack.directory, "node_modules", ...names);
  const writeLibrary = async (folder: string) => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "component-library", version: "1.0.0" }));
    await writeFile(join(folder, "index.js"), library);
  };
  /** A copy with a folder of its own, as npm nests it when two versions do not agree. */
  const copyPackage = async (folder: string) => {
    await mkdir(folder, { recursive: true });
    for (const name of ["package.json", "bin"]) await cp(join(checkout, name), join(folder, name), { recursive: true });
  };
  const remove = (...names: readonly string[]) => rm(packages(...names), { recursive: true });

  before(async function () {
    this.timeout(600_000);
    layout = makeLayout();
    layout.publish(layout.image({ platform: { os: "linux", architecture: "amd64" } }));
    const values = { address: registry().address, repository, layout: layout.directory };
    stack = await createStack({ program: programText(values, body) });

    await writeLibrary(packages("component-library"));
    results["direct"] = await succeeding(stack.preview());
    await copyPackage(packages("component-library", "node_modules", "pulumi-multiarch"));
    results["two copies"] = await succeeding(stack.up());
    results["two copies again"] = await succeeding(stack.preview());

    await stack.setProgram(programText(values, contending));
    results["one tag"] = await stack.preview();

    await stack.setProgram(unaware(values));
    await remove("pulumi-multiarch");
    results["nested alone"] = await stack.preview();

    await remove("component-library");
    const store = packages(".pnpm", "component-library@1.0.0", "node_modules");
    await writeLibrary(join(store, "component-library"));
    await copyPackage(join(store, "pulumi-multiarch"));
    await symlink(join(store, "component-library"), packages("component-library"));
    results["pnpm"] = await stack.preview();
    await linkPackage(packages());
    results["pnpm with the package"] = await succeeding(stack.preview());
    await stack.setProgram(programText(values, body));
  });
  after(async function () {
    this.timeout(600_000);
    await stack.dispose();
    layout.remove();
  });

  const said = (name: string) => diagnostics(results[name] ?? { code: 0, stdout: "", stderr: "" });
  const shows = (name: string, text: string) => assert.ok(results[name]?.stdout.includes(text), results[name]?.stdout);
  const remedy = /pulumi-multiarch cannot be resolved from .*: add it to the program's own dependencies/;

  it("the program has the package, and the library uses that copy", () => shows("direct", "+ 4 to create"));

  it("the library has a copy of its own beside the program's", async () => {
    const { "two copies": update = { code: 0, stdout: "", stderr: "" } } = results;
    const digest = await headDigest(registry(), repository, "1.0");
    assert.equal(shownOutput(update, "ref"), `${registry().address}/${repository}@${digest}`);
    shows("two copies again", "4 unchanged");
  });

  it("resources of both copies want one tag", () => {
    assert.notEqual(results["one tag"]?.code, 0);
    assert.match(
      said("one tag"),
      /1\.0 is claimed by both MultiArchImage (server|theirs) and MultiArchImage (theirs|server);/,
    );
  });

  it("the library has the only copy", () => {
    assert.notEqual(results["nested alone"]?.code, 0);
    assert.match(said("nested alone"), remedy);
  });

  it("the library has the only copy, as pnpm lays packages out", () => {
    assert.notEqual(results["pnpm"]?.code, 0);
    assert.match(said("pnpm"), remedy);
  });

  it("pnpm lays out the library's copy, and the program has the package", () => {
    assert.equal(results["pnpm with the package"]?.code, 0);
  });
});
