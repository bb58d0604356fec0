import assert from "node:assert/strict";
import { resourceCounts, succeeding } from "../pulumi/plan";
import { descendants } from "../support/processTree";
import type { CommandResult, RunningCommand } from "../support/pulumi";
import type { WireProxy } from "../support/wireProxy";
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

describe("Ctrl-C during the push of two images", function () {
  this.timeout(180_000);
  const made = stackBehindProxy();
  let update: CommandResult;
  let deployment: Deployment;

  before(async () => {
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

  it("ends the update as cancelled", () => {
    assert.match(update.stdout, /error: update canceled/);
  });

  it("waits for them, records what they came to, and begins nothing else", () => {
    assert.deepEqual([imagesIn(deployment).sort(), deployment.pending], [images, []]);
  });

  it("leaves the rest to the next update", async () => {
    assert.deepEqual(resourceCounts(await succeeding(made().stack.up())), ["+ 1 created", "4 unchanged"]);
  });
});

describe("a second Ctrl-C during the push of two images", function () {
  this.timeout(180_000);
  const made = stackBehindProxy();
  let providers: readonly number[];
  let update: CommandResult;
  let deployment: Deployment;
  let next: CommandResult;

  before(async () => {
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

  it("ends the update at once", () => {
    assert.match(update.stdout, /\^C received; terminating/);
  });

  it("ends the provider process", () => {
    assert.deepEqual([providers.length, providers.filter(isRunning)], [1, []]);
  });

  it("leaves the engine in doubt about the images", () => {
    const creating = images.map((name) => `creating ${name}`);
    assert.deepEqual([imagesIn(deployment), [...deployment.pending].sort()], [[], creating]);
  });

  it("is made up for by the next update, which creates them with a warning", () => {
    assert.deepEqual(resourceCounts(next), ["+ 3 created", "2 unchanged"]);
  });

  it("leaves nothing to do for the update after that", async () => {
    assert.deepEqual(resourceCounts(await succeeding(made().stack.up())), ["5 unchanged"]);
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
