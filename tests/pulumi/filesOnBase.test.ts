import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { layerTar, writeBase } from "../support/bases";
import { binaryFor } from "../support/images";
import { makeLayout } from "../support/layouts";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { checkout } from "../support/sourceFiles";
import { crane, skopeo } from "./clients";
import { resourceCounts, shownOutput, succeeding } from "./plan";

const platforms = ["linux/amd64", "linux/arm64"] as const;
const binaries = dirname(dirname(dirname(binaryFor("linux/amd64"))));

describe("examples/files-on-base", function () {
  this.timeout(180_000);
  let registry: LocalRegistry;
  let stack: Stack;
  let first: CommandResult;
  let second: CommandResult;

  before(async () => {
    registry = await startRegistry({ version: 3 });
    await pushBase(registry.address);
    const config = { registry: registry.address, base: `${registry.address}/base:1`, binaries };
    stack = await createStack({ program: join(checkout, "examples/files-on-base"), config });
    first = await succeeding(stack.up());
    second = await succeeding(stack.up());
  });
  after(async () => {
    await stack.dispose();
    await registry.stop();
  });

  for (const platform of platforms)
    it(`makes an image for ${platform} out of the base's layer and one more`, async () => {
      const options = ["--insecure", `--platform=${platform}`, shownOutput(first, "image")];
      const base = JSON.parse(await crane("manifest", ...options.slice(0, 2), `${registry.address}/base:1`));
      const image = JSON.parse(await crane("manifest", ...options));
      assert.deepEqual([image.layers.length, image.layers[0]], [2, base.layers[0]]);
      const { config } = JSON.parse(await crane("config", ...options));
      assert.deepEqual(config.Env, ["PATH=/usr/bin", "NODE_ENV=production"]);
    });

  it("finds nothing to do in a second update", () => {
    assert.ok(
      resourceCounts(second).some((line) => /5 unchanged/.test(line)),
      second.stdout,
    );
  });
});

/** An index of a base for each platform. */
async function pushBase(address: string): Promise<void> {
  const layout = makeLayout();
  const tars = [await layerTar([{ name: "bin", mode: 0o777, linkpath: "usr/bin" }, { name: "usr/bin" }])];
  const parameters = { Env: ["PATH=/usr/bin"] };
  const images = platforms.map((platform) => {
    const [os = "", architecture = ""] = platform.split("/");
    return writeBase(layout, { tars, parameters, platform: { os, architecture } });
  });
  layout.publish(layout.index(images));
  await skopeo(
    "copy",
    "--all",
    "-q",
    "--insecure-policy",
    "--dest-tls-verify=false",
    `oci:${layout.directory}`,
    `docker://${address}/base:1`,
  );
  layout.remove();
}
