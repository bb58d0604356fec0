import assert from "node:assert/strict";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { plannedStep, plannedSteps, resourceCounts, type Step, shownOutput, succeeding } from "./plan";
import { binariesFor, programText } from "./programs";
import { type Kept, keptOf, keptResources } from "./resources";

const body = `
const place = new pulumi.dynamic.Resource({ create: async () => ({ id: "1", outs: { address } }) }, "place", { address: undefined });
const registry = new multiarch.Registry("registry", { address: place.address });
const repository = "team/server";
const images = Object.entries(binaries).map(([platform, file]) =>
  new multiarch.PlatformImage(platform, { registry, repository, platform, source: { files: { "/usr/bin/server": file } } }));
const server = new multiarch.MultiArchImage("server", { registry, repository, tags: ["1.4.0"], images });
new multiarch.MultiArchImage("byRef", { registry, repository, tags: ["by-ref"], images: [images[0].ref] });
new multiarch.MultiArchImage("byTag", { registry, repository, tags: ["by-tag"], images: [":1.4.0"] });
new multiarch.MultiArchImage("about", {
  registry, repository, tags: ["about"], images: [images[0]], subject: server, artifactType: "text/about",
});
new multiarch.PlatformImage("upper", {
  registry, repository, platform: "linux/amd64", source: { files: { "/upper": binaries["linux/amd64"] }, base: images[0] },
});
new multiarch.ImportedImage("mirror", { registry, repository: "mirror/server", tags: ["1.4.0"], source: { image: server } });
exports.ref = server.ref;
exports.digest = server.digest;
`;

describe("a registry that the same program creates", function () {
  this.timeout(180_000);
  let registry: LocalRegistry;
  let stack: Stack;
  let plan: ReadonlyMap<string, Step>;
  let preview: CommandResult;
  let update: CommandResult;
  let again: CommandResult;
  let kept: ReadonlyMap<string, Kept>;

  before(async () => {
    registry = await startRegistry({ version: 3 });
    const binaries = binariesFor("linux/amd64", "linux/arm64");
    stack = await createStack({ program: programText({ address: registry.address, binaries }, body) });
    plan = plannedSteps(await succeeding(stack.preview({ json: true })));
    preview = await succeeding(stack.preview());
    update = await succeeding(stack.up());
    kept = await keptResources(stack);
    again = await succeeding(stack.up());
  });
  after(async () => {
    await stack.dispose();
    await registry.stop();
  });

  for (const name of ["linux/amd64", "linux/arm64", "server"]) {
    it(`leaves the digest of ${name} known in the first preview`, () => {
      const { digest } = plannedStep(plan, name).inputs;
      assert.match(String(digest), /^sha256:[0-9a-f]{64}$/);
      assert.equal(keptOf(kept, name).outputs["digest"], digest);
    });
  }

  it("leaves the platforms of the index known", () => {
    const [amd64, arm64] = ["linux/amd64", "linux/arm64"].map((name) => plannedStep(plan, name).inputs["digest"]);
    assert.deepEqual(plannedStep(plan, "server").inputs["platforms"], { "linux/amd64": amd64, "linux/arm64": arm64 });
  });

  it("passes the digest on to what depends on it, while the reference waits for the address", () => {
    assert.match(preview.stdout, /^ +digest: "sha256:[0-9a-f]{64}"\n +ref +: \[unknown\]$/m);
  });

  it("gets in the update what the preview announced", () => {
    const { digest } = plannedStep(plan, "server").inputs;
    assert.equal(shownOutput(update, "ref"), `${registry.address}/team/server@${digest}`);
  });

  for (const [name, reading] of [
    ["byRef", "an index over a reference"],
    ["byTag", "an index over a tag in its own repository"],
    ["about", "an index about another one"],
    ["upper", "an image on a base"],
    ["mirror", "a copy"],
  ] as const) {
    it(`leaves unknown in the first preview, and pushes in the first update: ${reading}`, async () => {
      assert.doesNotMatch(String(plannedStep(plan, name).inputs["digest"]), /sha256:/);
      assert.match(String(keptOf(kept, name).outputs["digest"]), /^sha256:[0-9a-f]{64}$/);
    });
  }

  it("finds nothing to do in a second update", () => {
    assert.deepEqual(resourceCounts(again), ["11 unchanged"]);
  });
});
