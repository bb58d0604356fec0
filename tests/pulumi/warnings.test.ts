import assert from "node:assert/strict";
import { newTestRepository } from "../registry/resources/repository";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { diagnostics, succeeding } from "./plan";
import { programText } from "./programs";
import { keptOf, keptResources } from "./resources";

const body = `
const component = new pulumi.ComponentResource("test:index:Component", "component");
const registry = address;
new multiarch.MultiArchImage("replaced", { registry, repository, tags: ["replaced"], images: [image], onUnlist: "untag" }, { parent: component });
new multiarch.MultiArchImage("moved", { registry, repository, tags: moved, images: [image], onUnlist: "untag" });
`;
const type = "pulumi-nodejs:dynamic/multiarch:MultiArchImage";

describe("a warning", function () {
  this.timeout(180_000);
  let registry: LocalRegistry;
  let stack: Stack;
  let update: CommandResult;
  let destruction: CommandResult;

  before(async () => {
    registry = await startRegistry({ version: 3 });
    const { name: repository, ...there } = newTestRepository(registry);
    const { digest } = await there.image("linux/arm64");
    const program = (moved: readonly string[]) =>
      programText({ address: registry.address, repository, image: `@${digest}`, moved }, body);
    stack = await createStack({ program: program(["moved", "dropped"]) });
    await succeeding(stack.up());
    await there.moveTag("dropped");
    await stack.setProgram(program(["moved"]));
    const { urn } = keptOf(await keptResources(stack), "replaced");
    update = await succeeding(stack.run("up", "--yes", "--skip-preview", `--replace=${urn}`));
    await there.moveTag("moved");
    destruction = await succeeding(stack.destroy());
  });
  after(async () => {
    await stack.dispose();
    await registry.stop();
  });

  it("of an update stands at the resource that it is about", () => {
    const warning = /warning: kept localhost:\d+\/\S+:dropped: it no longer names sha256:/;
    assert.match(diagnostics(update), new RegExp(`${type} \\(moved\\):\\n    ${warning.source}`));
  });

  it("of the end of a replaced resource stands at the one that takes its place, in a component, too", () => {
    const warning = /warning: kept localhost:\d+\/\S+:replaced: now managed by MultiArchImage replaced/;
    assert.match(
      diagnostics(update),
      new RegExp(`${type} \\(replaced\\):\\n(?:    warning: .*\\n)*    ${warning.source}`),
    );
  });

  it("of a destruction, which does not run the program, stands at the stack", () => {
    const warning = /warning: kept localhost:\d+\/\S+:moved: it no longer names sha256:/;
    assert.match(diagnostics(destruction), new RegExp(`pulumi:pulumi:Stack \\(test-test\\):\\n    ${warning.source}`));
  });
});
