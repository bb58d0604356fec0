import assert from "node:assert/strict";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, onOneRegistry, startRegistry } from "../support/registries";
import { headDigest } from "./clients";
import { plannedStep, plannedSteps, resourceCounts, type Step, succeeding } from "./plan";

/** Every resource of the program, in the order in which each needs the one before. */
const names = ["lower", "upper", "index", "about", "mirror", "far", "promoted"];

/**
 * A program whose resources read each other: an image, one on it as its base, an index over a reference, an index about it, a
 * copy in another repository, one in another registry, and what a literal reference to a tag of the program names.
 */
function program(address: string, other: string, text: string): string {
  return `
const fs = require("node:fs");
const multiarch = require("pulumi-multiarch");
for (const name of ["lower", "upper"]) fs.writeFileSync(name + ".txt", name + ${JSON.stringify(text)});
const registry = ${JSON.stringify(address)};
const place = { registry, repository: "team/app", platform: "linux/amd64" };
const lower = new multiarch.PlatformImage("lower", { ...place, source: { files: { "/lower": "lower.txt" } } });
const upper = new multiarch.PlatformImage("upper", {
  ...place, tag: "candidate", source: { files: { "/upper": "upper.txt" }, base: lower },
});
const index = new multiarch.MultiArchImage("index", { registry, repository: "team/app", tags: ["1.0"], images: [upper.ref] });
new multiarch.MultiArchImage("about", {
  registry, repository: "team/app", tags: ["about"], images: [":candidate"], subject: index, artifactType: "text/about",
});
const mirror = new multiarch.ImportedImage("mirror", {
  registry, repository: "mirror/app", tags: ["1.0"], source: { image: index },
});
new multiarch.ImportedImage("far", {
  registry: ${JSON.stringify(other)}, repository: "far/app", tags: ["1.0"], source: { image: mirror.ref },
});
new multiarch.ImportedImage("promoted", {
  registry, repository: "released/app", tags: ["stable"], source: { image: registry + "/mirror/app:1.0" },
});
`;
}

onOneRegistry("a program whose resources read each other", (registry) => {
  let other: LocalRegistry;
  let stack: Stack;
  const plans = new Map<string, ReadonlyMap<string, Step>>();
  const promoted = new Map<string, string | undefined>();
  const unchanged = new Map<string, CommandResult>();

  before(async function () {
    this.timeout(300_000);
    other = await startRegistry({ version: 3 });
    stack = await createStack({ program: "" });
    for (const text of ["first", "changed"]) {
      await stack.setProgram(program(registry().address, other.address, text));
      plans.set(text, plannedSteps(await succeeding(stack.preview({ json: true }))));
      await succeeding(stack.up());
      promoted.set(text, await headDigest(registry(), "released/app", "stable"));
      unchanged.set(text, await succeeding(stack.up()));
    }
  });
  after(async () => {
    await stack.dispose();
    await other.stop();
  });

  const planned = (text: string, name: string) => plannedStep(plans.get(text) ?? new Map(), name).inputs["digest"];

  for (const text of ["first", "changed"]) {
    it(`is previewed with every digest: ${text} content`, () => {
      for (const name of names) assert.match(String(planned(text, name)), /^sha256:[0-9a-f]{64}$/, name);
    });

    it(`pushes what it previewed, through all of them: ${text} content`, () => {
      assert.equal(promoted.get(text), planned(text, "index"));
      assert.equal(planned(text, "promoted"), planned(text, "index"));
    });

    it(`finds nothing to do afterwards: ${text} content`, () => {
      assert.deepEqual(resourceCounts(unchanged.get(text) ?? assert.fail()), [`${names.length + 1} unchanged`]);
    });
  }

  it("previews a change through all of them", () => {
    for (const name of names) assert.notEqual(planned("changed", name), planned("first", name), name);
  });
});
