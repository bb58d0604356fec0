import assert from "node:assert/strict";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { onOneRegistry } from "../support/registries";
import { headDigest } from "./clients";
import { plannedStep, plannedSteps, resourceCounts, type Step, succeeding } from "./plan";

/** A program that says as little as it can: references and resources alone, and what comes as outputs. */
const program = (address: string) => `
const pulumi = require("@pulumi/pulumi");
const multiarch = require("pulumi-multiarch");
require("node:fs").writeFileSync("a.txt", "a");
const registry = new multiarch.Registry("registry", { address: ${JSON.stringify(address)}, caCertificate: pulumi.output(undefined) });
const place = { registry, repository: "team/app", platform: pulumi.output("linux/amd64") };
const files = { "/a": "a.txt" };
const candidate = new multiarch.PlatformImage("candidate", { ...place, tag: pulumi.output("candidate"), source: { files } });
const named = new multiarch.PlatformImage("named", { ...place, tag: "named", source: { files } });
new multiarch.PlatformImage("byTag", { ...place, tag: "byTag", source: ":named" });
new multiarch.PlatformImage("byOutput", { ...place, tag: "byOutput", source: candidate.ref });
new multiarch.PlatformImage("byResource", { ...place, tag: pulumi.output(undefined), repository: "other/app", source: candidate });
new multiarch.PlatformImage("onBase", { ...place, source: { files: { "/b": "a.txt" }, base: ":named" } });
new multiarch.MultiArchImage("index", {
  registry, repository: "team/app", tags: pulumi.output(["1.0"]), images: pulumi.all([candidate.ref]),
  requiredPlatforms: pulumi.output(["linux/amd64"]), annotations: pulumi.output(undefined),
});
new multiarch.ImportedImage("copy", { registry, repository: "copy/app", tags: ["1.0"], source: candidate });
`;
/** The resources whose manifest is the candidate's. */
const same = ["named", "byTag", "byOutput", "byResource", "copy"];

onOneRegistry("a program in its shortest form", (registry) => {
  let stack: Stack;
  let plan: ReadonlyMap<string, Step>;
  let again: CommandResult;
  before(async function () {
    this.timeout(300_000);
    stack = await createStack({ program: program(registry().address) });
    plan = plannedSteps(await succeeding(stack.preview({ json: true })));
    await succeeding(stack.up());
    again = await succeeding(stack.up());
  });
  after(() => stack.dispose());

  const digestOf = (name: string) => plannedStep(plan, name).inputs["digest"];

  it("is previewed with every digest", () => {
    assert.match(String(digestOf("candidate")), /^sha256:[0-9a-f]{64}$/);
    assert.match(String(digestOf("onBase")), /^sha256:[0-9a-f]{64}$/);
    assert.match(String(digestOf("index")), /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual(
      same.map(digestOf),
      same.map(() => digestOf("candidate")),
    );
  });

  it("pushes what it previewed", async () => {
    assert.equal(await headDigest(registry(), "team/app", "byTag"), digestOf("candidate"));
    assert.equal(await headDigest(registry(), "team/app", "1.0"), digestOf("index"));
    assert.equal(await headDigest(registry(), "copy/app", "1.0"), digestOf("candidate"));
  });

  it("finds nothing to do afterwards", () => {
    assert.deepEqual(resourceCounts(again), ["10 unchanged"]);
  });
});
