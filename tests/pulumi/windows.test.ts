import assert from "node:assert/strict";
import { type Layout, makeLayout } from "../support/layouts";
import { createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { crane, headDigest } from "./clients";
import { plannedStep, plannedSteps, type Step, succeeding } from "./plan";
import { binariesFor, programText } from "./programs";

const repository = "team/server";
const versions = ["10.0.17763.6532", "10.0.20348.2966"];
const body = `
const source = (platform) =>
  platform.startsWith("windows") ? { ociLayout: layout } : { files: { "/usr/bin/server": binaries[platform] } };
const images = platforms.map((platform) =>
  new multiarch.PlatformImage(platform, { registry: address, repository, platform, source: source(platform) }));
new multiarch.MultiArchImage("server", { registry: address, repository, tags: ["1.4.0"], images, requiredPlatforms: platforms });
`;

describe("an index with images for two versions of Windows", function () {
  this.timeout(180_000);
  const windows = versions.map((version) => `windows(${version})/amd64`);
  const platforms = ["linux/amd64", ...windows];
  let registry: LocalRegistry;
  let layout: Layout;
  let stack: Stack;
  let plan: ReadonlyMap<string, Step>;

  before(async () => {
    registry = await startRegistry({ version: 3 });
    layout = makeLayout();
    const image = (version: string) =>
      layout.image({ platform: { os: "windows", architecture: "amd64", "os.version": version } });
    layout.publish(...versions.map(image));
    const values = { address: registry.address, repository, layout: layout.directory, platforms };
    stack = await createStack({ program: programText({ ...values, binaries: binariesFor("linux/amd64") }, body) });
    plan = plannedSteps(await succeeding(stack.preview({ json: true })));
    await succeeding(stack.up());
  });
  after(async () => {
    await stack.dispose();
    await registry.stop();
    layout.remove();
  });

  it("shows in preview each version under its own platform", () => {
    const digests = platforms.map((platform) => [platform, plannedStep(plan, platform).inputs["digest"]]);
    assert.deepEqual(plannedStep(plan, "server").inputs["platforms"], Object.fromEntries(digests));
  });

  it("is pushed as previewed", async () => {
    const { digest } = plannedStep(plan, "server").inputs;
    assert.equal(await headDigest(registry, repository, "1.4.0"), digest);
  });

  it("lists each version for other clients", async () => {
    const { manifests } = JSON.parse(await crane("manifest", `${registry.address}/${repository}:1.4.0`));
    const listed = manifests.map(({ platform }: { platform: Record<string, string> }) => platform["os.version"]);
    assert.deepEqual(listed, [undefined, ...versions]);
  });

  for (const [position, platform] of windows.entries()) {
    it(`gives ${platform} its own image`, async () => {
      const reference = `${registry.address}/${repository}:1.4.0`;
      const config = await crane("config", "--platform", `windows/amd64:${versions[position]}`, reference);
      assert.equal(JSON.parse(config)["os.version"], versions[position]);
    });
  }
});
