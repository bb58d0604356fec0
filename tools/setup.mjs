import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { provideAzureNative } from "./azureNative.mjs";
import { installDebianPackages } from "./debianPackages.mjs";
import { provideEsbuildBinaries } from "./esbuild.mjs";
import { buildGoTool } from "./goTools.mjs";
import { provideOtherNodes } from "./nodes.mjs";
import { quietly, root, say } from "./process.mjs";
import { isAtLeast, providePulumi } from "./pulumi.mjs";
import { once } from "./stamp.mjs";

/** Prepares the checkout for `npm run quickstart`. Every step is quick and silent when there is nothing to do. */
export async function prepareQuickstart() {
  requireNode();
  await installNpmPackages();
  await buildPackage();
  await providePulumi();
  await buildGoTool("registry");
  await provideEsbuildBinaries();
}

/** Prepares the checkout for `npm test`: what the quickstart needs, and the tools that check on us. */
export async function prepareTests() {
  await prepareQuickstart();
  await buildGoTool("crane");
  await provideAzureNative();
  await buildGoTool("olareg");
  await buildGoTool("peers/regctl");
  await provideOtherNodes();
  await installDebianPackages();
}

function requireNode() {
  const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const lowest = engines.node.match(/\d+/g).map(Number);
  if (isAtLeast(process.versions.node, lowest)) return;
  throw new Error(`Node.js ${lowest.join(".")} or later is needed; this is ${process.versions.node}.`);
}

async function installNpmPackages() {
  const installed = join(root, "node_modules", ".package-lock.json");
  const isCurrent = existsSync(installed) && modified(installed) >= modified(join(root, "package-lock.json"));
  if (isCurrent) return;
  say("Installing the npm packages of package-lock.json; this takes about 20 seconds.");
  await quietly("Installing the npm packages", "npm", ["ci"]);
}

function modified(path) {
  return statSync(path).mtimeMs;
}

async function buildPackage() {
  const dependsOn = ["provider", "sdk", "tsconfig.json", "tsconfig.build.json"];
  await once({ name: "build", dependsOn, makes: "bin/sdk/index.js" }, async () => {
    say("Compiling provider/ and sdk/ into bin/; this takes about 10 seconds.");
    await quietly("Compiling", "npm", ["run", "--silent", "build"]);
  });
}
