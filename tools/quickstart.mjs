import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { esbuild, esbuildBinary } from "./esbuild.mjs";
import { startLocalRegistry } from "./localRegistry.mjs";
import { quietly, root, run, say, withTools } from "./process.mjs";
import { prepareQuickstart } from "./setup.mjs";

const folder = join(root, ".quickstart");
const owner = join(folder, "process-id");
const binaries = ".quickstart/binaries";
const changed = "linux/arm64";

const environment = withTools({
  PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
  PULUMI_CONFIG_PASSPHRASE: "quickstart",
  PULUMI_HOME: join(folder, "home"),
  PULUMI_SKIP_UPDATE_CHECK: "true",
  // `npm test` has checked the types of the program.
  PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  ...(process.stdout.isTTY ? {} : { NO_COLOR: "1" }),
});

const farewell = `
# Done; the registry has been stopped and nothing is left running.
One program became images for six platforms and one index over them. The preview told their digests before anything was
pushed, a second update changed nothing, and a new build for ${changed} changed ${changed} alone.

To try next:
- read examples/quickstart/index.ts, the whole program;
- run it on a registry of yours: log in as you would for docker, then
    export PATH=$PWD/.tools/bin:$PATH PULUMI_BACKEND_URL=file://$PWD/.quickstart/state PULUMI_CONFIG_PASSPHRASE=
    pulumi stack init mine
    pulumi config set binaries ../../${binaries}
    pulumi config set registry ghcr.io
    pulumi config set repository you/esbuild
    pulumi up
- point one of its tags elsewhere and run \`pulumi up\`: it notices, says what the tag names now, and repairs it.`;

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
try {
  await quickstart();
} catch (error) {
  say(`\n${error.message}`);
  process.exitCode = 1;
}

async function quickstart() {
  await prepareQuickstart();
  refuseASecond();
  startAfresh();
  const registry = await startLocalRegistry(join(folder, "registry"));
  try {
    step(`A registry (CNCF distribution) listens on ${registry.address}; its data is in .quickstart/registry.`);
    await showLifecycle(registry.address);
  } finally {
    registry.stop();
  }
  say(farewell);
}

/** Two quickstarts of one checkout would remove each other's registry and stack. */
function refuseASecond() {
  if (!existsSync(owner) || !isRunning(Number(readFileSync(owner, "utf8")))) return;
  throw new Error("Another quickstart is running in this checkout: let it end first.");
}

function isRunning(processId) {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

/** Removes what an earlier quickstart left, and lays out one build of a program for each platform. */
function startAfresh() {
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(root, "Pulumi.quickstart.yaml"), { force: true });
  mkdirSync(join(folder, "state"), { recursive: true });
  writeFileSync(owner, String(process.pid));
  cpSync(join(root, ".tools", `esbuild-${esbuild.version}`), join(root, binaries), { recursive: true });
}

async function showLifecycle(address) {
  step("A stack of the program in examples/quickstart, which is told the registry and where the binaries are.");
  await type("pulumi", "stack", "init", "quickstart");
  const settings = [`registry=${address}`, `binaries=../../${binaries}`];
  await type("pulumi", "config", "set-all", ...settings.flatMap((setting) => ["--plaintext", setting]));

  step("The preview knows the digest of the index and of each platform's image; nothing is pushed yet.");
  await type("pulumi", "preview");

  step("The update pushes the images first, then the index under its tags.");
  await type("pulumi", "up", "--yes", "--skip-preview");

  step("What the registry now holds, read back from it.");
  const image = await quietly("Reading the stack's output", "pulumi", ["stack", "output", "image"], {
    env: environment,
  });
  await type("node", "bin/provider/command/multiarch.js", "inspect", image.trim());

  step("A second update finds nothing to do.");
  await type("pulumi", "up", "--yes", "--skip-preview");

  step(`Another build for ${changed}: the preview marks the lines of that platform, and no others.`);
  await type("cp", esbuildBinary(changed, esbuild.earlierVersion), `${binaries}/${changed}/esbuild`);
  await type("pulumi", "preview", "--diff");
}

function step(line) {
  say(`\n# ${line}`);
}

/** Runs a command as a user would type it, and shows both. */
async function type(command, ...args) {
  say(`$ ${[command, ...args].join(" ")}`);
  const code = await run(command, args, { env: environment });
  if (code !== 0) throw new Error(`The quickstart stopped: \`${command}\` ended with code ${code}.`);
}
