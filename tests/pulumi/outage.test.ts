import assert from "node:assert/strict";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { diagnostics, resourceCounts, succeeding } from "./plan";
import { binariesFor, programText, serverProgram } from "./programs";

describe("a registry that goes away between preview and update", function () {
  this.timeout(180_000);
  let registry: LocalRegistry;
  let stack: Stack;
  let update: CommandResult;

  before(async () => {
    registry = await startRegistry({ version: 3 });
    stack = await createStack({ program: serverProgram({ address: registry.address }) });
    await succeeding(stack.preview());
    await registry.stop();
    update = await stack.up();
  });
  after(() => stack.dispose());

  it("is told in one sentence", () => {
    const name = "pulumi-nodejs:dynamic/multiarch:Registry";
    const start = `  ${name} \\(registry\\):\n    error: ${name} resource 'registry' has a problem: address: `;
    assert.match(
      diagnostics(update),
      new RegExp(`^${start}.*nothing listens on ${registry.address}.*Check that it runs.*$`),
    );
  });

  it("leaves no resource half made", async () => {
    const { deployment } = JSON.parse((await stack.exportState()).stdout);
    const types = (deployment.resources ?? []).map(({ type }: { type: string }) => type);
    assert.deepEqual(
      types.filter((type: string) => type.includes("multiarch")),
      [],
    );
  });
});

const body = `
const behaviour = { registry: address, repository: "team/server", onDelete: "retain" };
const source = { files: { "/usr/bin/server": binaries["linux/arm64"] } };
const image = new multiarch.PlatformImage("arm64", { ...behaviour, platform: "linux/arm64", source });
new multiarch.MultiArchImage("server", { ...behaviour, tags: ["1.4.0"], images: [image] });
`;

describe("a registry that goes away after an update", function () {
  this.timeout(180_000);
  let registry: LocalRegistry;
  let stack: Stack;
  let preview: CommandResult;

  before(async () => {
    registry = await startRegistry({ version: 3 });
    const program = programText({ address: registry.address, binaries: binariesFor("linux/arm64") }, body);
    stack = await createStack({ program });
    await succeeding(stack.up());
    await registry.stop();
    preview = await succeeding(stack.preview());
  });
  after(() => stack.dispose());

  it("does not keep an unchanged stack from being previewed", () => {
    assert.deepEqual(resourceCounts(preview), ["3 unchanged"]);
  });

  it("is the subject of a warning at each resource that drift was not looked for", () => {
    const warningOf = (resource: string, name: string) =>
      new RegExp(
        `:${resource}:\n    warning: drift not checked: localhost:\\d+/team/server${name} could not be looked at`,
      );
    assert.match(diagnostics(preview), warningOf("MultiArchImage \\(server\\)", ":1\\.4\\.0"));
    assert.match(diagnostics(preview), warningOf("PlatformImage \\(arm64\\)", "@sha256:[a-f0-9]{64}"));
  });
});
