import assert from "node:assert/strict";
import { readerOf } from "../interruption/reader";
import { tag } from "../interruption/scenarios";
import { digestAt } from "../registry/resources/seed";
import { descendants } from "../support/processTree";
import type { CommandResult, RunningCommand } from "../support/pulumi";
import { onOneRegistry } from "../support/registries";
import type { WireProxy } from "../support/wireProxy";
import { diagnostics, resourceCounts, succeeding } from "./plan";
import { type Deployment, deploymentOf, stackBehindProxy } from "./stackBehindProxy";

const images = ["server-linux/amd64", "server-linux/arm64"];

/** Holds back the responses to the PUTs of the images' manifests. */
interface Hold {
  /** As soon as both images wait. */
  readonly reached: Promise<void>;
  release(): void;
}

function holdBack(proxy: WireProxy): Hold {
  let count = 0;
  let reach = () => {};
  let release = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  proxy.observer = async ({ method, path }, moment) => {
    if (method !== "PUT" || !path.includes("/manifests/sha256:") || moment !== "answered") return;
    count += 1;
    if (count === images.length) reach();
    await released;
  };
  return { reached, release };
}

const interrupted = "^C received; cancelling.";
const interrupt = ({ pid }: RunningCommand) => process.kill(pid, "SIGINT");
const imagesIn = ({ resources }: Deployment) =>
  resources.map(({ name }) => name).filter((name) => name.startsWith("server"));

onOneRegistry("Ctrl-C", (registry) => {
  describe("once", () => {
    const made = stackBehindProxy(registry);
    let update: CommandResult;
    let deployment: Deployment;

    before(async function () {
      this.timeout(180_000);
      const { stack, proxy } = made();
      const running = stack.startUp();
      const hold = holdBack(proxy);
      await hold.reached;
      interrupt(running);
      await running.said(interrupted);
      hold.release();
      update = await running.result;
      proxy.observer = async () => {};
      deployment = await deploymentOf(stack);
    });

    it("Ctrl-C is pressed while two images are pushed", () => {
      assert.match(update.stdout, /error: update canceled/);
      assert.deepEqual([imagesIn(deployment).sort(), deployment.pending], [images, []]);
    });

    it("the update after a Ctrl-C", async () => {
      assert.deepEqual(resourceCounts(await succeeding(made().stack.up())), ["+ 1 created", "4 unchanged"]);
    });
  });

  describe("once, at a registry that is silent", () => {
    const made = stackBehindProxy(registry, { timeoutSeconds: 1 });
    let update: CommandResult;
    let deployment: Deployment;

    before(async function () {
      this.timeout(180_000);
      const { stack, proxy } = made();
      const running = stack.startUp();
      await new Promise<void>((reach) => {
        proxy.observer = async ({ method, path }, moment) => {
          if (method !== "PUT" || !path.endsWith(`/${tag}`) || moment !== "received") return;
          reach();
          await new Promise(() => {});
        };
      });
      interrupt(running);
      update = await running.result;
      proxy.observer = async () => {};
      deployment = await deploymentOf(stack);
    });

    it("Ctrl-C is pressed while the registry is silent", () => {
      assert.match(diagnostics(update), /MultiArchImage \(server\):\n +error: PUT \S+: .*was silent for 1000 ms/);
      assert.deepEqual([imagesIn(deployment).sort(), deployment.pending], [images, []]);
    });
  });

  describe("twice", () => {
    const made = stackBehindProxy(registry);
    let providers: readonly number[];
    let update: CommandResult;
    let deployment: Deployment;
    let next: CommandResult;

    before(async function () {
      this.timeout(180_000);
      const { stack, proxy } = made();
      const running = stack.startUp();
      const hold = holdBack(proxy);
      await hold.reached;
      providers = descendants(running.pid, "dynamic-provider");
      interrupt(running);
      await running.said(interrupted);
      interrupt(running);
      // Nobody has answered the provider yet.
      update = await running.result;
      hold.release();
      proxy.observer = async () => {};
      deployment = await deploymentOf(stack);
      next = await succeeding(stack.up());
    });

    it("Ctrl-C is pressed twice while two images are pushed", () => {
      assert.match(update.stdout, /\^C received; terminating/);
      assert.deepEqual([providers.length, providers.filter(isRunning)], [1, []]);
      const creating = images.map((name) => `creating ${name}`);
      assert.deepEqual([imagesIn(deployment), [...deployment.pending].sort()], [[], creating]);
    });

    it("the update after a second Ctrl-C", () => {
      assert.deepEqual(resourceCounts(next), ["+ 3 created", "2 unchanged"]);
    });

    it("the run after that update finds nothing to do", async () => {
      assert.deepEqual(resourceCounts(await succeeding(made().stack.up())), ["5 unchanged"]);
    });
  });

  describe("or a kill", () => {
    const made = stackBehindProxy(registry);
    let killed: CommandResult;
    let afterKill: Deployment;
    let written: string | undefined;
    let next: CommandResult;
    let afterNext: Deployment;

    before(async function () {
      this.timeout(180_000);
      const { stack, proxy, repository } = made();
      const running = stack.startUp();
      proxy.observer = async ({ method, path }, moment) => {
        if (method !== "PUT" || !path.endsWith(`/${tag}`) || moment !== "answered") return;
        for (const provider of descendants(running.pid, "dynamic-provider")) process.kill(provider, "SIGKILL");
        throw new Error("killed");
      };
      killed = await running.result;
      proxy.observer = async () => {};
      afterKill = await deploymentOf(stack);
      written = await digestAt(registry().address, repository, tag);
      next = await succeeding(stack.up());
      afterNext = await deploymentOf(stack);
    });

    it("the provider process is killed when a tag is written, before the engine hears of it", () => {
      assert.equal(killed.code, 1);
      assert.match(killed.stdout, /MultiArchImage \(server\):\n +error: error reading from server: EOF/);
      assert.deepEqual([imagesIn(afterKill).sort(), afterKill.pending], [images, []]);
      assert.match(String(written), /^sha256:/);
    });

    it("the update after a kill", () => {
      assert.deepEqual(resourceCounts(next), ["+ 1 created", "4 unchanged"]);
      const index = afterNext.resources.find(({ name }) => name === "server");
      assert.deepEqual([index?.outputs["digest"], index?.outputs["adoptedTags"]], [written, [tag]]);
    });

    it("the stack is destroyed after a kill and that update", async () => {
      const { stack, repository } = made();
      await succeeding(stack.destroy());
      assert.equal(await digestAt(registry().address, repository, tag), written);
      const reader = readerOf(registry().url, repository, tag);
      await reader.look("the end");
      assert.deepEqual(reader.missing, []);
    });
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
