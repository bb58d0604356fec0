import assert from "node:assert/strict";
import { newTestRepository } from "../registry/resources/repository";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { diagnostics, succeeding } from "./plan";
import { programText } from "./programs";

const body = `
new multiarch.MultiArchImage("server", { registry: address, repository, tags: ["1"], images: [image] });
`;

describe("PULUMI_MULTIARCH_DEBUG", function () {
  this.timeout(180_000);
  let registry: LocalRegistry;
  let program: string;
  let requests: RegExp;
  const stacks: Stack[] = [];

  before(async () => {
    registry = await startRegistry({ version: 3 });
    const { name: repository, ...there } = newTestRepository(registry);
    const { digest } = await there.image("linux/arm64");
    program = programText({ address: registry.address, repository, image: `@${digest}` }, body);
    requests = new RegExp(
      `debug: http: PUT http://${registry.address}/v2/${repository}/manifests/1: 201 after \\d+ ms`,
    );
  });
  after(async () => {
    for (const stack of stacks) await stack.dispose();
    await registry.stop();
  });

  async function up(value: string, ...flags: readonly string[]): Promise<CommandResult> {
    const stack = await createStack({ program, environment: { PULUMI_MULTIARCH_DEBUG: value } });
    stacks.push(stack);
    return succeeding(stack.run("up", "--yes", "--skip-preview", ...flags));
  }

  it("=http shows each request at its resource with --debug", async () => {
    const shown = diagnostics(await up("http", "--debug"));
    const resources = shown.split(/^ {2}(?=\S+ \(.+\):$)/m);
    assert.match(resources.find((text) => text.includes(":MultiArchImage (server):")) ?? "", requests);
  });

  it("=http shows nothing without --debug", async () => {
    assert.doesNotMatch((await up("http")).stdout, /http:/);
  });

  it("=all is warned of with the value that is known", async () => {
    assert.match(diagnostics(await up("all")), /warning: PULUMI_MULTIARCH_DEBUG is "all".*Set it to "http"\./);
  });
});
