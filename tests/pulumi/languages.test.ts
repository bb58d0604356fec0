import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binaryFor } from "../support/images";
import { createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { headDigest } from "./clients";
import { shownOutput, succeeding } from "./plan";

const body = `
  const platform = "linux/arm64";
  const source = { files: { "/usr/bin/server": binary } };
  const image = new multiarch.PlatformImage("arm64", { registry: address, repository, platform, source });
  const server = new multiarch.MultiArchImage("server", { registry: address, repository, tags: ["1.4.0"], images: [image] });
`;
const binary = binaryFor("linux/arm64");

/** The files of a program, by the kind of project that it is. */
const projects: Readonly<Record<string, (constants: string) => Readonly<Record<string, string>>>> = {
  "plain JavaScript": (constants) => ({
    "package.json": JSON.stringify({ name: "test", main: "index.js" }),
    "index.js": `const multiarch = require("pulumi-multiarch");\n${constants}${body}exports.ref = server.ref;`,
  }),
  "TypeScript, strictly checked": (constants) => ({
    "package.json": JSON.stringify({ name: "test", main: "index.ts" }),
    "tsconfig.json": JSON.stringify({
      compilerOptions: { strict: true, target: "es2022", module: "node16", moduleResolution: "node16", types: [] },
    }),
    "index.ts": `import * as pulumi from "@pulumi/pulumi";\nimport * as multiarch from "pulumi-multiarch";\n${constants}${body}export const ref: pulumi.Output<string> = server.ref;`,
  }),
  "ECMAScript modules": (constants) => ({
    "package.json": JSON.stringify({ name: "test", main: "index.js", type: "module" }),
    "index.js": `import { MultiArchImage, PlatformImage } from "pulumi-multiarch";\nconst multiarch = { MultiArchImage, PlatformImage };\n${constants}${body}export const ref = server.ref;`,
  }),
};

describe("a program", function () {
  this.timeout(180_000);
  let registry: LocalRegistry;
  let folder: string;

  before(async () => {
    registry = await startRegistry({ version: 3 });
    folder = await mkdtemp(join(tmpdir(), "multiarch-languages-"));
  });
  after(async () => {
    await registry.stop();
    await rm(folder, { recursive: true });
  });

  const pushedRef = async (repository: string) =>
    `${registry.address}/${repository}@${await headDigest(registry, repository, "1.4.0")}`;

  for (const [position, [kind, files]] of Object.entries(projects).entries()) {
    describe(`of ${kind}`, () => {
      const repository = `team/server${position}`;
      let stack: Stack;
      before(async () => {
        const program = join(folder, String(position));
        await mkdir(program);
        const constants = Object.entries({ address: registry.address, repository, binary })
          .map(([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`)
          .join("");
        for (const [name, text] of Object.entries(files(constants))) await writeFile(join(program, name), text);
        stack = await createStack({ program });
      });
      after(() => stack.dispose());

      it("pushes its image", async () => {
        const update = await succeeding(stack.up());
        assert.equal(shownOutput(update, "ref"), await pushedRef(repository));
      });
    });
  }
});
