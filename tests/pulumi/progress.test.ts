import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newTestRepository } from "../registry/resources/repository";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { type SlowProxy, slowProxy } from "../support/slowProxy";
import { succeeding } from "./plan";
import { programText } from "./programs";

const layerBytes = 24_000_000;
const bytesPerSecond = 8_000_000;

const body = `
const common = { registry: address, tags: ["1"], onDelete: "retain" };
const source = { files: { "/content": "content" }, compression: "none" };
const image = { registry: address, repository: "team/" + repository, platform: "linux/arm64", verify: "none", source };
const component = new pulumi.ComponentResource("test:index:Component", "component");
new multiarch.PlatformImage("pushed", image, { parent: component });
new multiarch.MultiArchImage("copied", { ...common, repository: "copies/" + repository, images: [reference] });
`;

const row = (name: string) =>
  new RegExp(`${name} +creating \\([\\ds.]+\\)\\.* +0 of 1 layer, [\\d.]+ MB of 24\\.0 MB, [\\d.]+ MB/s`);
const anyRow = /of \d+ layers?,|MB\/s/;

describe("progress", function () {
  this.timeout(180_000);
  let registry: LocalRegistry;
  let other: LocalRegistry;
  let slow: SlowProxy;
  let stack: Stack;
  let reference: string;
  const results: Record<string, CommandResult> = {};
  const textOf = (run: string) => `${results[run]?.stdout}${results[run]?.stderr}`;
  const program = (repository: string) => programText({ address: slow.address, repository, reference }, body);

  before(async () => {
    [registry, other] = await Promise.all([startRegistry({ version: 3 }), startRegistry({ version: 3 })]);
    slow = await slowProxy(registry.address, bytesPerSecond);
    const { image, name } = newTestRepository(other);
    const content = randomBytes(layerBytes);
    reference = `${other.address}/${name}@${(await image("linux/arm64", { content })).digest}`;
    stack = await createStack({ program: program("first") });
    await writeFile(join(stack.directory, "content"), randomBytes(layerBytes - 4096));
    results["terminal"] = await succeeding(stack.upOnTerminal());
    await stack.setProgram(program("second"));
    results["pipe"] = await succeeding(stack.up());
    await stack.setProgram(program("third"));
    results["json"] = await succeeding(stack.upOnTerminal("--json"));
  });
  after(async () => {
    await stack.dispose();
    await slow.stop();
    await Promise.all([registry.stop(), other.stop()]);
  });

  it("of a push stands beside the resource while it runs: layers, bytes and rate", () => {
    assert.match(textOf("terminal"), row("pushed"));
  });

  it("of a copy between registries stands beside the index", () => {
    assert.match(textOf("terminal"), row("copied"));
  });

  it("is not told of without a terminal, where each row would be a line", () => {
    assert.doesNotMatch(textOf("pipe"), anyRow);
  });

  it("is not told of in --json, not even on a terminal", () => {
    assert.match(textOf("json"), /"resourcePreEvent"/);
    assert.doesNotMatch(textOf("json"), anyRow);
  });

  it("leaves the input by which the provider learns the resource's URN out of the state", async () => {
    const text = await stack.checkpointText();
    assert.match(text, /MultiArchImage::copied/);
    assert.doesNotMatch(text, /"resourceUrn":"/);
  });
});
