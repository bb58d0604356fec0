import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { provideAzureNative } from "./azureNative.mjs";
import { installDebianPackages } from "./debianPackages.mjs";
import { provideEsbuildBinaries } from "./esbuild.mjs";
import { buildGoTool, copyGiteaFiles } from "./goTools.mjs";
import { filesNeededBy } from "./importGraph.mjs";
import { provideOtherNodes } from "./nodes.mjs";
import { root } from "./process.mjs";
import { providePulumi } from "./pulumi.mjs";
import { buildPackage } from "./setup.mjs";

/** Each thing that tests can need beside npm's packages, and the work that provides it. */
const providers = {
  package: buildPackage,
  esbuild: provideEsbuildBinaries,
  registries: async () => {
    await buildGoTool("registry");
    await installDebianPackages("docker-registry", "apache2-utils");
  },
  olareg: () => buildGoTool("olareg"),
  ocimem: () => buildGoTool("ocimem"),
  gitea: async () => {
    await installDebianPackages("gcc", "libc6-dev", "git");
    await buildGoTool("gitea");
    await copyGiteaFiles();
  },
  crane: () => buildGoTool("crane"),
  regctl: () => buildGoTool("peers/regctl"),
  skopeo: () => installDebianPackages("skopeo"),
  podman: () => installDebianPackages("podman", "buildah"),
  qemu: () => installDebianPackages("qemu-user-static"),
  azureNative: provideAzureNative,
  nodes: provideOtherNodes,
  pulumi: providePulumi,
};

/** The things that a test needs when it imports a file or a package. */
const neededWith = {
  "package.json": ["package"],
  "pulumi-multiarch": ["package"],
  "tests/support/registries.ts": ["registries"],
  "tests/support/olareg.ts": ["olareg"],
  "tests/support/gitea.ts": ["gitea"],
  "tests/support/makes.ts": ["ocimem", "crane"],
  "tests/support/images.ts": ["esbuild"],
  "tests/support/pulumi.ts": ["package", "pulumi"],
  "tests/registry/sources/readers.ts": ["skopeo", "crane"],
  "tests/registry/sources/podman.ts": ["podman"],
  "tests/registry/sources/filesOnBase.test.ts": ["skopeo", "crane"],
  "tests/registry/resources/authentication.test.ts": ["skopeo"],
  "tests/pulumi/clients.ts": ["skopeo", "crane", "regctl"],
  "tests/pulumi/otherClients.test.ts": ["qemu"],
  "tests/pulumi/quickstart.test.ts": ["package", "pulumi", "registries", "esbuild"],
  "tests/pulumi/azureExamples.test.ts": ["azureNative"],
  "tests/azure/otherClients.test.ts": ["crane"],
  "tests/azure/types.test.ts": ["package", "azureNative"],
  "tests/unit/house/testingDocument.test.ts": ["package"],
  "tools/nodes.json": ["nodes"],
};

/** Provides all that tests need, and nothing else. @param files - of tests, relative to the root. */
export async function provideNeedsOf(files) {
  const needed = needsOf(files);
  for (const [name, provide] of Object.entries(providers)) if (needed.has(name)) await provide();
}

/** The names of all that tests need beside npm's packages. @param files - of tests, relative to the root. */
export function needsOf(files) {
  const imported = new Set();
  for (const file of files) filesNeededBy(file, imported);
  return new Set([...imported].flatMap((file) => neededWith[file] ?? []));
}

/** The files of tests in a folder, or the file itself. @param path - relative to the root. */
export function testFilesIn(path) {
  if (!existsSync(join(root, path))) throw new Error(`There is no ${path} to test.`);
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path), { recursive: true })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(path, name))
    .sort();
}
