import assert from "node:assert/strict";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { crane, headDigest } from "./clients";
import { plannedStep, plannedSteps, resourceCounts, succeeding } from "./plan";
import { binariesFor, serverProgram } from "./programs";

const repository = "team/server";

describe("a tag that another client moved", function () {
  this.timeout(180_000);
  let registry: LocalRegistry;
  let stack: Stack;
  /** Of our index. */
  let ours: string;
  /** Of the image to which the tag was moved. */
  let theirs: string;
  const results: Record<string, CommandResult> = {};
  const tagged: Record<string, string | undefined> = {};

  const run = async (name: string, command: () => Promise<CommandResult>) => {
    results[name] = await succeeding(command());
    tagged[name] = await headDigest(registry, repository, "latest");
  };
  const moveTag = () => crane("tag", `${registry.address}/${repository}@${theirs}`, "latest");
  const resultOf = (name: string): CommandResult => results[name] ?? { code: 1, stdout: "", stderr: "" };

  before(async () => {
    registry = await startRegistry({ version: 3 });
    const binaries = binariesFor("linux/amd64", "linux/arm64");
    stack = await createStack({ program: serverProgram({ address: registry.address, binaries }) });
    const plan = plannedSteps(await succeeding(stack.preview({ json: true })));
    ours = String(plannedStep(plan, "server").inputs["digest"]);
    theirs = String(plannedStep(plan, "server-linux/amd64").inputs["digest"]);
    await succeeding(stack.up());
    await moveTag();
    await run("preview", () => stack.preview({ diff: true }));
    await run("up", () => stack.up());
    await run("second up", () => stack.up());
    await moveTag();
    await run("refresh", () => stack.refresh());
    await run("up after refresh", () => stack.up());
    await run("last up", () => stack.up());
  });
  after(async () => {
    await stack.dispose();
    await registry.stop();
  });

  it("is named in the next preview, with what it names now", () => {
    assert.match(resultOf("preview").stdout, new RegExp(`\\+ drift +: \\{\\n +\\+ latest: "${theirs}"\\n +\\}`));
  });

  it("is left alone by the preview", () => {
    assert.equal(tagged["preview"], theirs);
  });

  it("names our index again after the next update", () => {
    assert.equal(tagged["up"], ours);
  });

  it("causes no further update", () => {
    assert.deepEqual(resourceCounts(resultOf("second up")), ["5 unchanged"]);
  });

  it("is noticed by a refresh", () => {
    assert.deepEqual(resourceCounts(resultOf("refresh")), ["~ 1 updated", "4 unchanged"]);
  });

  it("is left alone by a refresh", () => {
    assert.equal(tagged["refresh"], theirs);
  });

  it("names our index again after an update that follows a refresh", () => {
    assert.equal(tagged["up after refresh"], ours);
  });

  it("causes no further update after a refresh", () => {
    assert.deepEqual(resourceCounts(resultOf("last up")), ["5 unchanged"]);
  });
});
