import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type DestroyResult, LocalWorkspace, type Stack, type UpResult } from "@pulumi/pulumi/automation";
import * as multiarch from "pulumi-multiarch";
import { uniqueName } from "../registry/distribution/content";
import { binaryFor } from "../support/images";
import { linkPackage } from "../support/pulumi";
import { onOneRegistry } from "../support/registries";
import { checkout } from "../support/sourceFiles";
import { headDigest } from "./clients";

onOneRegistry("an inline program of the Automation API", (registry) => {
  const { PATH: path } = process.env;
  const repository = uniqueName();
  let folder: string;
  let stack: Stack;
  let first: UpResult;
  let tagged: string | undefined;
  let second: UpResult;
  let destruction: DestroyResult;

  before(async function () {
    this.timeout(180_000);
    process.env["PATH"] = [join(checkout, ".tools", "bin"), path].join(delimiter);
    folder = await mkdtemp(join(tmpdir(), "multiarch-automation-"));
    const [workDir, state] = [join(folder, "inline"), join(folder, "state")];
    await mkdir(join(workDir, "node_modules"), { recursive: true });
    await mkdir(state);
    await linkPackage(join(workDir, "node_modules"));
    await symlink(join(checkout, "node_modules", "@pulumi"), join(workDir, "node_modules", "@pulumi"));
    const envVars = {
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: "passphrase of a test",
      PULUMI_HOME: join(folder, "home"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    const program = async () => inlineProgram(registry().address, repository);
    const project = { stackName: "test", projectName: "test", program };
    stack = await LocalWorkspace.createOrSelectStack(project, { workDir, envVars });
    first = await stack.up();
    tagged = await headDigest(registry(), repository, "1.4.0");
    second = await stack.up();
    destruction = await stack.destroy();
  });
  after(async () => {
    process.env["PATH"] = path;
    await rm(folder, { recursive: true });
  });

  it("an inline program is run", () => {
    assert.equal(first.outputs["ref"]?.value, `${registry().address}/${repository}@${tagged}`);
  });

  it("an inline program is run again", () => {
    assert.deepEqual(second.summary.resourceChanges, { same: 3 });
  });

  it("an inline program's stack is destroyed", async () => {
    assert.deepEqual(destruction.summary.resourceChanges, { delete: 3 });
    assert.equal(await headDigest(registry(), repository, "1.4.0"), undefined);
  });
});

function inlineProgram(address: string, repository: string) {
  const common = { registry: address, repository };
  const source = { files: { "/usr/bin/server": binaryFor("linux/arm64") } };
  const image = new multiarch.PlatformImage("arm64", { ...common, platform: "linux/arm64", source });
  const server = new multiarch.MultiArchImage("server", { ...common, tags: ["1.4.0"], images: [image] });
  return { ref: server.ref };
}
