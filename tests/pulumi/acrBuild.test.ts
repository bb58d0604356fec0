import assert from "node:assert/strict";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type AzureStandIn, secretCanary, startAzure } from "../azure/world";
import { binaryFor } from "../support/images";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { crane } from "./clients";
import { diagnostics, markedProperties, resourceCounts, shownOutput, succeeding } from "./plan";
import { programText } from "./programs";

const platforms = { "linux/amd64": "dockerfile.amd64", "linux/arm64": "dockerfile.arm64" };
const body = `
const { AcrBuild } = require("pulumi-multiarch/azure");
const server = new AcrBuild("server", { registry, repository: "team/server", tags: ["1.4.0"], context: "context", ...args });
exports.ref = server.ref;
exports.digests = server.platforms;
`;

describe("AcrBuild", function () {
  this.timeout(180_000);
  let registry: LocalRegistry;
  let azure: AzureStandIn;
  let stack: Stack;

  before(async () => {
    registry = await startRegistry({ version: 3 });
    azure = await startAzure({ registries: [{ name: "example", loginServer: registry.address, url: registry.url }] });
    stack = await createStack({ program: program(), environment: azure.environment });
    for (const arch of ["amd64", "arm64"]) {
      await write(
        `dockerfile.${arch}`,
        `FROM scratch\nCOPY bin/${arch} /usr/bin/server\nENTRYPOINT ["/usr/bin/server"]\n`,
      );
      await mkdir(join(stack.directory, "context/bin"), { recursive: true });
      await copyFile(binaryFor(`linux/${arch}`), join(stack.directory, `context/bin/${arch}`));
    }
    await write(".dockerignore", "*.log\n");
  });
  after(async () => {
    await stack.dispose();
    await azure.stop();
    await registry.stop();
  });

  const program = (args: object = { platforms }) => {
    const { address } = registry;
    return programText({ registry: { loginServer: address, id: azure.arm.registryId("example") }, args }, body);
  };
  const write = async (name: string, text: string) => {
    const path = join(stack.directory, "context", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  };
  const digestUnder = async (tag: string) =>
    (await crane("digest", "--insecure", `${registry.address}/team/server:${tag}`)).trim();
  const tagsOf = async () => {
    const tags = await crane("ls", "--insecure", `${registry.address}/team/server`);
    return tags.split("\n").filter(Boolean).sort();
  };
  const platformOf = async (digest: string) => {
    const { os, architecture } = JSON.parse(
      await crane("config", "--insecure", `${registry.address}/team/server@${digest}`),
    );
    return `${os}/${architecture}`;
  };

  describe("of a folder with a Dockerfile for each platform", () => {
    let preview: CommandResult;
    let requestsOfPreview: number;
    let first: CommandResult;
    let again: CommandResult;

    before(async () => {
      preview = await succeeding(stack.preview({ diff: true }));
      requestsOfPreview = azure.arm.requests.length;
      first = await succeeding(stack.up());
      again = await succeeding(stack.up());
    });

    it("tells in preview what it builds of, and that the digests are not known yet", () => {
      assert.match(preview.stdout, /AcrRun: \(create\)[\s\S]*contextDigest: "sha256:[0-9a-f]{64}"/);
      assert.match(preview.stdout, /MultiArchImage: \(create\)[\s\S]*digest +: \[unknown\]/);
    });

    it("asks Azure for nothing in preview", () => {
      assert.equal(requestsOfPreview, 0);
    });

    it("makes an index over an image of each platform", async () => {
      const index = JSON.parse(await crane("manifest", "--insecure", shownOutput(first, "ref")));
      const children: readonly { platform: { os: string; architecture: string }; digest: string }[] = index.manifests;
      const listed = children.map(({ platform: { os, architecture } }) => `${os}/${architecture}`);
      assert.deepEqual(
        [listed, await Promise.all(children.map(({ digest }) => platformOf(digest)))],
        [Object.keys(platforms), Object.keys(platforms)],
      );
    });

    it("tags each platform's image", async () => {
      assert.deepEqual(await tagsOf(), ["1.4.0", "1.4.0-linux-amd64", "1.4.0-linux-arm64"]);
    });

    it("tells the steps of the run", () => {
      assert.match(
        diagnostics(first),
        /the run ca1 of ACR Tasks is queued[\s\S]*Executing step ID: build-linux-arm64[\s\S]*Successfully pushed image/,
      );
    });

    it("builds nothing in a second update", () => {
      assert.ok(
        resourceCounts(again).some((line) => /4 unchanged/.test(line)),
        again.stdout,
      );
      assert.equal(azure.arm.runs.size, 1);
    });
  });

  describe("when a file has changed", () => {
    let preview: CommandResult;
    let update: CommandResult;

    before(async () => {
      await write("bin/arm64", "another build");
      preview = await succeeding(stack.preview({ diff: true }));
      update = await succeeding(stack.up());
    });

    it("marks the source's digest in preview, and nothing else of the build", () => {
      assert.deepEqual(markedProperties(preview, "AcrRun"), ["contextDigest"]);
    });

    it("makes the index anew, with the image that changed", () => {
      assert.match(update.stdout, /^ {8}linux\/amd64: "sha256:[0-9a-f]{64}"\n {6}~ linux\/arm64: /m);
    });
  });

  describe("of what it is told later", () => {
    it("builds nothing when only a file changes that .dockerignore leaves out", async () => {
      await write("build.log", "another line");
      const preview = await succeeding(stack.preview());
      assert.ok(
        resourceCounts(preview).some((line) => /4 unchanged/.test(line)),
        preview.stdout,
      );
    });

    it("builds again when an image that it pushed is gone", async () => {
      await crane("delete", "--insecure", `${registry.address}/team/server@${await digestUnder("1.4.0-linux-arm64")}`);
      const preview = await succeeding(stack.preview({ diff: true }));
      assert.match(preview.stdout, /\+ drift +: \{\n +\+ 1\.4\.0-linux-arm64: "gone"/);
      await succeeding(stack.up());
      assert.match(await digestUnder("1.4.0-linux-arm64"), /^sha256:/);
    });

    it("is refused when a step fails, with the end of the run's log, and goes on in the next update", async () => {
      await write("dockerfile.amd64", "FROM scratch\nCOPY missing /usr/bin/server\n");
      const failed = await stack.up();
      assert.equal(failed.code, 1);
      assert.match(
        diagnostics(failed),
        /The run ca\d+ of ACR Tasks for \S+\/team\/server ended with Failed[\s\S]*COPY failed: file not found in build context/,
      );
      await write("dockerfile.amd64", dockerfile("amd64"));
      await succeeding(stack.up());
    });

    it("refuses in preview a Dockerfile that is not there", async () => {
      await stack.setProgram(program({ platforms: { ...platforms, "linux/arm/v7": "dockerfile.arm" } }));
      const preview = await stack.preview();
      assert.match(diagnostics(preview), /platforms\["linux\/arm\/v7"\]: there is no dockerfile\.arm in context/);
    });
  });

  describe("of the swapped Dockerfiles of Microsoft's article", () => {
    before(async () => {
      for (const arch of ["amd64", "arm64"])
        await write(`fixed.${arch}`, dockerfile(arch, `--platform=linux/${arch} scratch`));
    });

    it("is refused before the index is written, where they fix their platform", async () => {
      const swapped = { "linux/amd64": "fixed.arm64", "linux/arm64": "fixed.amd64" };
      await stack.setProgram(program({ platforms: swapped }));
      assert.match(
        diagnostics(await stack.up()),
        /images\[0\]\.platform: linux\/amd64 is declared, but the image says linux\/arm64/,
      );
    });

    it("is refused in the article's own task too, whose steps have no --platform", async () => {
      await stack.setProgram(program({ platforms, task: articleTask }));
      assert.match(
        diagnostics(await stack.up()),
        /images\[1\]\.platform: linux\/arm64 is declared, but the image says linux\/amd64/,
      );
    });

    it("left the index under its tag as it was", async () => {
      const index = JSON.parse(await crane("manifest", "--insecure", `${registry.address}/team/server:1.4.0`));
      const children: readonly { digest: string }[] = index.manifests;
      assert.deepEqual(await Promise.all(children.map(({ digest }) => platformOf(digest))), Object.keys(platforms));
    });
  });

  describe("at the end", () => {
    it("takes away its tags and the index's", async () => {
      await succeeding(stack.destroy());
      assert.deepEqual(await tagsOf(), []);
    });

    it("has kept no client secret anywhere", async () => {
      assert.doesNotMatch(await stack.checkpointText(), new RegExp(secretCanary));
    });
  });
});

function dockerfile(arch: string, base = "scratch"): string {
  return `FROM ${base}\nCOPY bin/${arch} /usr/bin/server\nENTRYPOINT ["/usr/bin/server"]\n`;
}

// The multi-step task of https://learn.microsoft.com/azure/container-registry/push-multi-architecture-images as it stands there,
// for this repository and without its last step, which made the index.
const articleTask = `version: v1.1.0
steps:
- build: -t {{.Run.Registry}}/team/server:1.4.0-linux-amd64 -f dockerfile.arm64 .
- build: -t {{.Run.Registry}}/team/server:1.4.0-linux-arm64 -f dockerfile.amd64 .
- push:
  - {{.Run.Registry}}/team/server:1.4.0-linux-arm64
  - {{.Run.Registry}}/team/server:1.4.0-linux-amd64
`;
