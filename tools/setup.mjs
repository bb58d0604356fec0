import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { provideEsbuildBinaries } from "./esbuild.mjs";
import { buildGoTool } from "./goTools.mjs";
import { quietly, root, say } from "./process.mjs";
import { isAtLeast, providePulumi } from "./pulumi.mjs";
import { once } from "./stamp.mjs";

/** Prepares the checkout for `npm run quickstart`. Every step is quick and silent when there is nothing to do. */
export async function prepareQuickstart() {
  await preparePackages();
  await buildPackage();
  await providePulumi();
  await buildGoTool("registry");
  await provideEsbuildBinaries();
}

/** Checks Node.js, and installs the npm packages unless those of package-lock.json are there. */
export async function preparePackages() {
  requireNode();
  await installNpmPackages();
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

/** Compiles the package into `bin/`, unless that was done from the same sources. Files of deleted sources go. */
export async function buildPackage() {
  const dependsOn = ["provider", "sdk", "tsconfig.json", "tsconfig.build.json"];
  await once({ name: "build", dependsOn, makes: "bin/sdk/index.js" }, async () => {
    say("Compiling provider/ and sdk/ into bin/; this takes about 10 seconds.");
    await quietly("Compiling", "npx", ["--no-install", "tsc", "-p", "tsconfig.build.json"]);
    removeOrphans();
  });
}

function removeOrphans() {
  const compiled = readdirSync(join(root, "bin"), { recursive: true }).filter((name) =>
    /\.(js|d\.ts)(\.map)?$/.test(name),
  );
  const sourceOf = (name) => join(root, name.replace(/(\.d)?\.(js|ts)(\.map)?$/, ".ts"));
  for (const name of compiled) if (!existsSync(sourceOf(name))) rmSync(join(root, "bin", name));
}
