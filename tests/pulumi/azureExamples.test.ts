import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { load } from "js-yaml";
import { type AzureNativePlugin, azureNativeSdk, installAzureNative } from "../azure/azureNativePlugin";
import { type AzureStandIn, startAzure } from "../azure/world";
import { binaryFor } from "../support/images";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { checkout } from "../support/sourceFiles";
import { crane, execute } from "./clients";
import { plannedStep, plannedSteps, resourceCounts, shownOutput, succeeding } from "./plan";

const ociManifest = "application/vnd.oci.image.manifest.v1+json";

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
  const childOf = async (platform: string) => {
    const repository = `${registries[0].address}/team/esbuild`;
    return `${repository}@${(await crane("digest", "--insecure", `--platform=${platform}`, `${repository}:latest`)).trim()}`;
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

    it("lets one view the manifest of one platform's image", async () => {
      const { platforms, descriptor } = JSON.parse(await multiarch("inspect", "--json", await childOf("linux/arm64")));
      assert.deepEqual([Object.keys(platforms), descriptor.mediaType], [["linux/arm64"], ociManifest]);
    });

    it("lets one view the index with its platforms", async () => {
      const text = await multiarch("inspect", `${registries[0].address}/team/esbuild:1.0.0`);
      assert.match(text, /^Platforms:\n {2}linux\/amd64 [\s\S]*^ {2}linux\/arm64 /m);
    });

    it("lets one list what the repository holds", async () => {
      const text = await multiarch("list", `${registries[0].address}/team/esbuild`);
      for (const found of ["1.0.0", "latest", "linux/amd64", "linux/arm64"]) assert.ok(text.includes(found), text);
    });

    it("is used like a single image: a client gets the program for the platform that it asks for", async () => {
      const folder = await mkdtemp(join(tmpdir(), "multiarch-pull-"));
      const tar = join(folder, "image.tar");
      await crane(
        "export",
        "--insecure",
        "--platform=linux/arm64",
        `${registries[0].address}/team/esbuild:latest`,
        tar,
      );
      const pulled = execFileSync("tar", ["-xOf", tar, "usr/bin/esbuild"], { maxBuffer: 1 << 26 });
      assert.ok(pulled.equals(await readFile(binaryFor("linux/arm64"))));
      await rm(folder, { recursive: true });
    });

    for (const [name, reason, branch] of [
      ["Preview", "PullRequest", "refs/pull/1/merge"],
      ["Update", "IndividualCI", "refs/heads/main"],
    ] as const) {
      it(`is what azure-pipelines runs: ${name} for ${reason}`, async () => {
        const steps = pipelineSteps().filter(({ condition }) => holds(condition, reason, branch));
        assert.deepEqual(
          steps.map(({ displayName }) => displayName),
          [name],
        );
        for (const command of steps.flatMap(({ commands }) => commands)) {
          const [, ...words] = command.replace('--stack "$STACK"', "").split(/\s+/);
          const [verb = "", ...flags] = words;
          await succeeding(stack.run(verb, ...flags));
        }
      });
    }

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

/** The command of the package. */
function multiarch(...args: readonly string[]): Promise<string> {
  return execute("node", join(checkout, "bin/provider/command/multiarch.js"), ...args);
}

interface PipelineStep {
  readonly displayName: string;
  readonly condition: string;
  /** Those that run Pulumi. */
  readonly commands: readonly string[];
}

/** The steps of examples/azure-pipelines that run Pulumi. */
function pipelineSteps(): readonly PipelineStep[] {
  const text = readFileSync(join(checkout, "examples/azure-pipelines/azure-pipelines.yml"), "utf8");
  const {
    steps,
  }: { steps: readonly { displayName?: string; condition?: string; inputs?: { inlineScript?: string } }[] } = Object(
    load(text),
  );
  return steps.flatMap(({ displayName = "", condition = "", inputs }) => {
    const commands = (inputs?.inlineScript ?? "").split("\n").filter((line) => line.startsWith("pulumi "));
    return commands.length === 0 ? [] : [{ displayName, condition, commands }];
  });
}

/** Whether a condition of the pipeline holds; it knows the few functions that the example uses. */
function holds(condition: string, reason: string, branch: string): boolean {
  const variables: Readonly<Record<string, string>> = { "Build.Reason": reason, "Build.SourceBranch": branch };
  const terms = [...condition.matchAll(/(eq|ne)\(variables\['([^']+)'\], '([^']+)'\)/g)];
  assert.ok(condition.startsWith("and(succeeded(), ") && terms.length > 0, condition);
  return terms.every(([, operator, name = "", value]) => (operator === "eq") === (variables[name] === value));
}
