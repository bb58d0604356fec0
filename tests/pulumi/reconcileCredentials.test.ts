import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changePassword } from "../support/accounts";
import { type CountingProxy, countingProxy } from "../support/countingProxy";
import { type Layout, makeLayout } from "../support/layouts";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { onDistribution3 } from "../support/registries";
import { plannedSteps, resourceCounts, succeeding } from "./plan";
import { programText } from "./programs";
import { changesOf } from "./resources";

const username = "ci";
const body = `
const platform = "linux/amd64";
const publish = (name, credentials) => {
  const registry = new multiarch.Registry(name, { address, ...(credentials && { credentials }) });
  const common = { registry, repository: "team/" + name };
  const image = new multiarch.PlatformImage(name + "-amd64", { ...common, platform, source: { ociLayout: layout } });
  new multiarch.MultiArchImage(name + "-index", { ...common, tags: ["1.0"], images: [image] });
};
publish("written", { username, password });
publish("config", { username, passwordConfig: "password" });
publish("environment");
`;

const setUp = () => ({ htpasswd: { username, password: "first" } });

onDistribution3("a password that changes", setUp, (registry) => {
  let proxy: CountingProxy;
  let layout: Layout;
  let folder: string;
  let stack: Stack;
  const results: Record<string, CommandResult> = {};
  let sentByUpdate: readonly string[];

  const program = (password: string) =>
    programText({ address: proxy.address, layout: layout.directory, username, password }, body);
  /** The one password that the registry takes from now on. */
  const rotate = (password: string) => changePassword(registry(), username, password);
  const login = async (password: string) => {
    const auth = Buffer.from(`${username}:${password}`).toString("base64");
    await writeFile(join(folder, "config.json"), JSON.stringify({ auths: { [proxy.address]: { auth } } }), {
      mode: 0o600,
    });
    await succeeding(stack.run("config", "set", "--secret", "password", password));
  };

  before(async function () {
    this.timeout(600_000);
    layout = makeLayout();
    layout.publish(layout.image({ platform: { os: "linux", architecture: "amd64" } }));
    folder = await mkdtemp(join(tmpdir(), "multiarch-docker-config-"));
    proxy = await countingProxy(registry().address);
    stack = await createStack({
      program: program("first"),
      environment: { DOCKER_CONFIG: folder },
      secretConfig: { password: "first" },
    });
    await login("first");
    await succeeding(stack.up());

    await rotate("second");
    await login("second");
    results["refresh"] = await stack.refresh();
    results["preview"] = await stack.preview({ json: true });
    await stack.setProgram(program("second"));
    proxy.reset();
    results["update"] = await succeeding(stack.up());
    sentByUpdate = proxy.requests.map(({ method }) => method);
    results["after update"] = await succeeding(stack.up());

    await rotate("third");
    await login("third");
    results["destroy"] = await stack.destroy();
  });
  after(async function () {
    this.timeout(600_000);
    await stack.dispose();
    await proxy.stop();
    layout.remove();
    await rm(folder, { recursive: true });
  });

  it("a password in the state has expired at refresh, and the environment has a valid one", () => {
    assert.equal(results["refresh"]?.code, 0, results["refresh"]?.stdout);
  });

  it("a password in the state has expired at destroy, and the environment has a valid one", () => {
    assert.equal(results["destroy"]?.code, 0, results["destroy"]?.stdout);
  });

  const planned = (start: string) => {
    const plan = plannedSteps(results["preview"] ?? { code: 0, stdout: "", stderr: "" });
    return [...plan.keys()].filter((name) => name.startsWith(start));
  };

  it("the environment's password is rotated", () => assert.deepEqual(planned("environment"), []));

  it("the password in the stack's configuration is rotated", () => assert.deepEqual(planned("config"), []));

  it("a password that is written in the program is rotated", () => {
    const update = results["update"] ?? { code: 0, stdout: "", stderr: "" };
    assert.deepEqual(changesOf(update), ["written-amd64: updated", "written-index: updated", "written: updated"]);
    assert.deepEqual([...new Set(sentByUpdate)].sort(), ["GET", "HEAD"]);
  });

  it("the run after a password was rotated finds nothing to do", () => {
    assert.deepEqual(resourceCounts(results["after update"] ?? { code: 0, stdout: "", stderr: "" }), ["10 unchanged"]);
  });
});
