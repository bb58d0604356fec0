import assert from "node:assert/strict";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, onOneRegistry, startRegistry } from "../support/registries";
import { headDigest, tagsOf } from "./clients";
import { diagnostics, plannedStep, plannedSteps, resourceCounts, type Step, succeeding } from "./plan";
import { type Kept, keptOf, keptResources } from "./resources";

/** Every resource of the program, in the order in which each needs the one before. */
const names = ["lower", "upper", "index", "about", "mirror", "far", "promoted"];

const beginning = (address: string, text: string) => `
const fs = require("node:fs");
const multiarch = require("pulumi-multiarch");
for (const name of ["lower", "upper"]) fs.writeFileSync(name + ".txt", name + ${JSON.stringify(text)});
const address = ${JSON.stringify(address)};
const registry = new multiarch.Registry("registry", { address });
const place = { registry, repository: "team/app", platform: "linux/amd64" };
`;

/**
 * A program whose resources read each other: an image, one on it as its base, an index over a reference, an index about it, a
 * copy in another repository, one in another registry, and what a literal reference to a tag of the program names.
 */
const whole = (address: string, other: string, text: string) => `${beginning(address, text)}
const lower = new multiarch.PlatformImage("lower", { ...place, source: { files: { "/lower": "lower.txt" } } });
const upper = new multiarch.PlatformImage("upper", {
  ...place, tag: "candidate", source: { files: { "/upper": "upper.txt" }, base: lower }, onDelete: "delete",
});
const index = new multiarch.MultiArchImage("index", { registry, repository: "team/app", tags: ["1.0"], images: [upper.ref] });
new multiarch.MultiArchImage("about", {
  registry, repository: "team/app", tags: ["about"], images: [":candidate"], subject: index, artifactType: "text/about",
});
const mirror = new multiarch.ImportedImage("mirror", {
  registry, repository: "mirror/app", tags: ["1.0"], source: index,
});
new multiarch.ImportedImage("far", {
  registry: ${JSON.stringify(other)}, repository: "far/app", tags: ["1.0"], source: { image: mirror.ref },
});
new multiarch.ImportedImage("promoted", {
  registry, repository: "released/app", tags: ["stable"], source: address + "/mirror/app:1.0",
});
`;

/** The same program without its images and the mirror: their readers keep the references as texts. @param upper - its digest. */
const readersAlone = (address: string, text: string, upper: string) => `${beginning(address, text)}
new multiarch.MultiArchImage("index", {
  registry, repository: "team/app", tags: ["1.0"], images: [address + "/team/app@${upper}"],
});
new multiarch.ImportedImage("promoted", {
  registry, repository: "released/app", tags: ["stable"], source: { image: address + "/mirror/app:1.0" },
});
`;

onOneRegistry("a program whose resources read each other", (registry) => {
  let other: LocalRegistry;
  let stack: Stack;
  const plans = new Map<string, ReadonlyMap<string, Step>>();
  const states = new Map<string, ReadonlyMap<string, Kept>>();
  const results = new Map<string, CommandResult>();
  const promoted = new Map<string, string | undefined>();
  let targets: readonly string[];
  let left: readonly (readonly string[] | undefined)[];
  let keptImage: string | undefined;

  /** A preview and an update, with the same flags. */
  const run = async (title: string, program: string, ...flags: readonly string[]) => {
    await stack.setProgram(program);
    plans.set(title, plannedSteps(await succeeding(stack.run("preview", "--json", ...flags))));
    results.set(title, await succeeding(stack.run("up", "--yes", "--skip-preview", ...flags)));
    states.set(title, await keptResources(stack));
    promoted.set(title, await headDigest(registry(), "released/app", "stable"));
  };
  const result = (title: string) => results.get(title) ?? assert.fail(title);

  before(async function () {
    this.timeout(300_000);
    other = await startRegistry({ version: 3 });
    stack = await createStack({ program: "" });
    const program = (text: string) => whole(registry().address, other.address, text);
    await run("new", program("first"));
    results.set("unchanged", await succeeding(stack.up()));

    const first = states.get("new") ?? assert.fail();
    targets = ["lower", "upper"].map((name) => `--target=${keptOf(first, name).urn}`);
    await run("targeted", program("changed"), ...targets);
    await run("the rest", program("changed"));

    const upper = String(keptOf(states.get("the rest") ?? assert.fail(), "upper").outputs["digest"]);
    await run("without producers", readersAlone(registry().address, "changed", upper));
    left = await Promise.all(["team/app", "mirror/app"].map((repository) => tagsOf(registry(), repository)));
    keptImage = await headDigest(registry(), "team/app", upper);
    results.set("still without producers", await succeeding(stack.up()));
  });
  after(async () => {
    await stack.dispose();
    await other.stop();
  });

  const planned = (title: string, name: string) => plannedStep(plans.get(title) ?? new Map(), name).inputs["digest"];
  const digest = (title: string, name: string) => keptOf(states.get(title) ?? new Map(), name).outputs["digest"];

  for (const title of ["new", "targeted", "the rest"]) {
    it(`is previewed with every digest that the update then has: ${title}`, () => {
      const previewed = names.filter((name) => plans.get(title)?.has(name) && states.get(title)?.has(name));
      assert.ok(previewed.length >= 2);
      for (const name of previewed) {
        assert.match(String(planned(title, name)), /^sha256:[0-9a-f]{64}$/, name);
        assert.equal(planned(title, name), digest(title, name), name);
      }
    });
  }

  it("hands what it pushes through all of them, at the first update and at a change", () => {
    for (const title of ["new", "the rest"]) {
      assert.equal(promoted.get(title), digest(title, "index"));
      assert.equal(digest(title, "far"), digest(title, "index"));
    }
    for (const name of names) assert.notEqual(digest("the rest", name), digest("new", name), name);
  });

  it("finds nothing to do afterwards", () => {
    assert.deepEqual(resourceCounts(result("unchanged")), [`${names.length + 2} unchanged`]);
  });

  it("leaves what reads the targets of --target as it was, and the next update brings it along", () => {
    for (const name of ["lower", "upper"]) assert.notEqual(digest("targeted", name), digest("new", name), name);
    for (const name of names.slice(2)) assert.equal(digest("targeted", name), digest("new", name), name);
    assert.equal(promoted.get("targeted"), promoted.get("new"));
  });

  it("lets the readers stand, with what they need, when the resources go whose references they keep as texts", () => {
    assert.deepEqual(
      left.map((tags) => tags?.filter((tag) => !tag.startsWith("sha256-"))),
      [["1.0"], []],
    );
    for (const name of ["index", "promoted"]) {
      assert.equal(plans.get("without producers")?.has(name), false, name);
      assert.equal(digest("without producers", name), digest("the rest", name), name);
    }
    assert.equal(keptImage, digest("the rest", "upper"));
    assert.match(diagnostics(result("without producers")), /kept .*@sha256:\w+: MultiArchImage index needs it/);
  });

  it("says that a source by tag is gone, and keeps its copy", () => {
    assert.deepEqual(resourceCounts(result("still without producers")), ["4 unchanged"]);
    assert.match(diagnostics(result("still without producers")), /mirror\/app:1\.0/);
  });
});
