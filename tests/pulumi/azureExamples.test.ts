import assert from "node:assert/strict";
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type AzureNativePlugin, azureNativeSdk, installAzureNative } from "../azure/azureNativePlugin";
import { type AzureStandIn, startAzure } from "../azure/world";
import { binaryFor } from "../support/images";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { checkout } from "../support/sourceFiles";
import { crane } from "./clients";
import { plannedStep, plannedSteps, resourceCounts, shownOutput, succeeding } from "./plan";

describe("the examples for Azure", function () {
  this.timeout(180_000);
  let registries: readonly [LocalRegistry, LocalRegistry];
  let azure: AzureStandIn;
  let plugin: AzureNativePlugin;

  before(async () => {
    registries = await Promise.all([startRegistry({ version: 3 }), startRegistry({ version: 3 })]);
    const [first, second] = registries;
    azure = await startAzure({
      registries: [
        { name: "apps", loginServer: first.address, url: first.url },
        { name: "production", loginServer: second.address, url: second.url },
      ],
    });
    plugin = await installAzureNative();
  });
  after(async () => {
    await plugin.remove();
    await azure.stop();
    await Promise.all(registries.map((registry) => registry.stop()));
  });

  const stackOf = (example: string, config: Readonly<Record<string, string>>) =>
    createStack({
      program: join(checkout, "examples", example),
      config,
      environment: { ...azure.environment, ARM_SUBSCRIPTION_ID: azure.arm.subscriptionId, PATH: plugin.path },
      packages: { "@pulumi/azure-native": azureNativeSdk },
    });
  const platformsUnder = async (reference: string): Promise<readonly string[]> => {
    const { manifests } = JSON.parse(await crane("manifest", "--insecure", reference));
    return Object(manifests).map(
      ({ platform }: { platform: { os: string; architecture: string } }) => `${platform.os}/${platform.architecture}`,
    );
  };
  const bothPlatforms = ["linux/amd64", "linux/arm64"];

  describe("azure-push", () => {
    let stack: Stack;
    let preview: CommandResult;
    let update: CommandResult;
    let again: CommandResult;

    before(async () => {
      const binaries = dirname(dirname(dirname(binaryFor("linux/amd64"))));
      stack = await stackOf("azure-push", { binaries });
      preview = await succeeding(stack.preview({ json: true }));
      update = await succeeding(stack.up());
      again = await succeeding(stack.up());
    });
    after(() => stack.dispose());

    it("knows the digests in the first preview, before the registry has an address", () => {
      const { inputs } = plannedStep(plannedSteps(preview), "esbuild");
      assert.match(String(inputs["digest"]), /^sha256:[0-9a-f]{64}$/);
      assert.equal(shownOutput(update, "image").split("@")[1], inputs["digest"]);
    });

    it("pushes an index of both platforms to the registry that it has created", async () => {
      assert.deepEqual(await platformsUnder(`${registries[0].address}/team/esbuild:latest`), bothPlatforms);
    });

    it("finds nothing to do in a second update", () => {
      assert.ok(
        resourceCounts(again).some((line) => /unchanged/.test(line)) && resourceCounts(again).length === 1,
        again.stdout,
      );
    });
  });

  describe("azure-build, and azure-import of what it has built", () => {
    let builds: Stack;
    let production: Stack;
    let update: CommandResult;
    let imported: CommandResult;

    before(async () => {
      builds = await stackOf("azure-build", { resourceGroup: "group", registry: "apps" });
      for (const arch of ["amd64", "arm64"]) {
        const folder = join(builds.directory, "app/dist", arch);
        await mkdir(folder, { recursive: true });
        await copyFile(binaryFor(`linux/${arch}`), join(folder, "server"));
      }
      update = await succeeding(builds.up());
      const config = { resourceGroup: "group", builds: "apps", production: "production" };
      production = await stackOf("azure-import", config);
      imported = await succeeding(production.up());
    });
    after(async () => {
      await production.dispose();
      await builds.dispose();
    });

    it("builds an index of both platforms", async () => {
      assert.deepEqual(await platformsUnder(shownOutput(update, "image")), bothPlatforms);
    });

    it("has it imported by Azure, with its digest", async () => {
      assert.equal(shownOutput(imported, "image").split("@")[1], shownOutput(update, "image").split("@")[1]);
      assert.ok(azure.arm.requests.some(({ path, status }) => path.endsWith("/importImage") && status < 300));
      assert.deepEqual(await platformsUnder(shownOutput(imported, "image")), bothPlatforms);
    });
  });
});
