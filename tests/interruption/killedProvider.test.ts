import assert from "node:assert/strict";
import { resourceCounts, succeeding } from "../pulumi/plan";
import { digestAt } from "../registry/resources/seed";
import { descendants } from "../support/processTree";
import type { CommandResult } from "../support/pulumi";
import { readerOf } from "./reader";
import { tag } from "./scenarios";
import { type Deployment, deploymentOf, stackBehindProxy } from "./stackBehindProxy";

const repository = "team/server";

describe("the engine's provider process, killed when the tag is written and before it hears of it", function () {
  this.timeout(180_000);
  const made = stackBehindProxy();
  let killed: CommandResult;
  let afterKill: Deployment;
  let written: string | undefined;
  let next: CommandResult;
  let afterNext: Deployment;

  before(async () => {
    const { stack, proxy, registry } = made();
    const running = stack.startUp();
    proxy.observer = async ({ method, path }, moment) => {
      if (method !== "PUT" || !path.endsWith(`/${tag}`) || moment !== "answered") return;
      for (const provider of descendants(running.pid, "dynamic-provider")) process.kill(provider, "SIGKILL");
      throw new Error("killed");
    };
    killed = await running.result;
    proxy.observer = async () => {};
    afterKill = await deploymentOf(stack);
    written = await digestAt(registry.address, repository, tag);
    next = await succeeding(stack.up());
    afterNext = await deploymentOf(stack);
  });

  const index = () => afterNext.resources.find(({ name }) => name === "server");

  it("makes the update fail", () => {
    assert.equal(killed.code, 1);
    assert.match(killed.stdout, /MultiArchImage \(server\):\n +error: error reading from server: EOF/);
  });

  it("leaves the images in the state, not the index, and no pending operation", () => {
    const names = afterKill.resources.map(({ name }) => name).filter((name) => name.startsWith("server"));
    assert.deepEqual([names.sort(), afterKill.pending], [["server-linux/amd64", "server-linux/arm64"], []]);
  });

  it("is made up for by the next update, which creates the index alone", () => {
    assert.deepEqual(resourceCounts(next), ["+ 1 created", "4 unchanged"]);
  });

  it("leaves a tag that the next update finds and adopts", () => {
    assert.deepEqual([index()?.outputs["digest"], index()?.outputs["adoptedTags"]], [written, [tag]]);
  });

  it("leaves a tag that a destroy spares", async () => {
    const { stack, registry } = made();
    await succeeding(stack.destroy());
    assert.equal(await digestAt(registry.address, repository, tag), written);
  });

  it("leaves a tag that can be pulled after the destroy", async () => {
    const reader = readerOf(made().registry.url, repository, tag);
    await reader.look("the end");
    assert.deepEqual(reader.missing, []);
  });
});
