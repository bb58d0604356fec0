import { chmodSync, copyFileSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { findCommand, quietly, root, say, toolFolder } from "./process.mjs";
import { once } from "./stamp.mjs";

const pulumiVersion = "3.259.0";

const builds = {
  pulumi: {
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ldflags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${pulumiVersion}`,
    takes: "about 3 minutes",
  },
  "language-nodejs": {
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    ldflags: "-s -w",
    takes: "about 15 seconds",
  },
  registry: {
    package: "github.com/distribution/distribution/v3/cmd/registry",
    ldflags: "-s -w",
    takes: "about 45 seconds",
  },
  crane: {
    package: "github.com/google/go-containerregistry/cmd/crane",
    ldflags: "-s -w",
    takes: "about 5 seconds",
  },
  olareg: {
    package: "github.com/olareg/olareg/cmd/olareg",
    ldflags: "-s -w",
    takes: "about 5 seconds",
  },
  ocimem: {
    package: "pulumi-multiarch/tools/ocimem",
    ldflags: "-s -w",
    takes: "about 2 seconds",
  },
  gitea: {
    package: "code.gitea.io/gitea",
    ldflags: "-s -w",
    tags: "sqlite sqlite_unlock_notify",
    takes: "about 3 minutes",
  },
  "peers/regctl": {
    package: "github.com/regclient/regclient/cmd/regctl",
    ldflags: "-s -w",
    takes: "about 15 seconds",
  },
  "peers/buildx": {
    package: "github.com/docker/buildx/cmd/buildx",
    ldflags: "-s -w",
    takes: "about 4 minutes",
  },
};

/**
 * Builds a tool into `.tools/bin` unless it is there already.
 * @param name - of the module's folder under `tools/`.
 */
export async function buildGoTool(name) {
  const build = builds[name];
  const module = join("tools", name);
  const binary = build.package.slice(build.package.lastIndexOf("/") + 1);
  await once(
    { name: basename(name), dependsOn: [module, build.package, build.ldflags], makes: join(".tools", "bin", binary) },
    async () => {
      requireGo(binary);
      say(`Building ${binary} into .tools/bin; the first time this takes ${build.takes} on two cores.`);
      mkdirSync(toolFolder, { recursive: true });
      const tags = build.tags === undefined ? [] : ["-tags", build.tags];
      const output = ["-ldflags", build.ldflags, "-o", join(toolFolder, binary)];
      const args = ["build", "-mod=readonly", ...tags, ...output, build.package];
      await quietly(`Building ${binary}`, "go", args, { cwd: join(root, module) });
    },
  );
}

/** Puts the files that Gitea reads beside its binary into `.tools/gitea-static`, where every user may read them. */
export async function copyGiteaFiles() {
  const folder = join(".tools", "gitea-static");
  await once({ name: "gitea-static", dependsOn: [join("tools", "gitea")], makes: join(folder, "public") }, async () => {
    const args = ["list", "-m", "-f", "{{.Dir}}", builds.gitea.package];
    const module = await quietly("Finding Gitea's files", "go", args, { cwd: join(root, "tools", "gitea") });
    for (const name of ["templates", "options", "public"])
      copyWritable(join(module.trim(), name), join(root, folder, name));
  });
}

/** The module cache is read-only, and such folders could not be removed again. */
function copyWritable(from, to) {
  if (!statSync(from).isDirectory()) {
    copyFileSync(from, to);
    return chmodSync(to, 0o644);
  }
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) copyWritable(join(from, name), join(to, name));
}

/** Puts the script that starts dynamic providers beside the language host; the module of the host has it. */
export async function copyDynamicProviderLauncher() {
  const launcher = "pulumi-resource-pulumi-nodejs";
  const dependsOn = [join("tools", "language-nodejs"), launcher];
  await once({ name: launcher, dependsOn, makes: join(".tools", "bin", launcher) }, async () => {
    const args = ["list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"];
    const folder = await quietly(`Finding ${launcher}`, "go", args, { cwd: join(root, "tools", "language-nodejs") });
    const target = join(toolFolder, launcher);
    copyFileSync(join(folder.trim(), "nodejs", "dist", launcher), target);
    chmodSync(target, 0o755);
  });
}

function requireGo(binary) {
  if (findCommand("go")) return;
  throw new Error(`Go is needed to build ${binary}: install Go 1.26 or later (https://go.dev/dl) and run this again.`);
}
