import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { quietly, root, say } from "./process.mjs";
import { once } from "./stamp.mjs";

/** The pinned versions of esbuild, and the npm package of each platform. */
export const esbuild = JSON.parse(readFileSync(join(root, "tools", "esbuild.json"), "utf8"));

/**
 * Where the binary of esbuild for a platform is, relative to the root.
 * @param platform - `os/arch[/variant]`.
 * @param version - the pinned one by default.
 */
export function esbuildBinary(platform, version = esbuild.version) {
  const name = platform.startsWith("windows/") ? "esbuild.exe" : "esbuild";
  return join(".tools", `esbuild-${version}`, platform, name);
}

/**
 * Fetches the binaries that esbuild ships for the platforms of `esbuild.json`: real programs to make images of.
 * They are unpacked, never run.
 */
export async function provideEsbuildBinaries() {
  const all = Object.keys(esbuild.packages);
  await fetchBinaries(esbuild.version, all, "35 MB, about 5 seconds");
  await fetchBinaries(esbuild.earlierVersion, ["linux/arm64"], "4 MB");
}

async function fetchBinaries(version, platforms, takes) {
  const folder = join(root, ".tools", `esbuild-${version}`);
  const makes = esbuildBinary(platforms.at(-1), version);
  await once({ name: `esbuild-${version}`, dependsOn: ["tools/esbuild.json", ...platforms], makes }, async () => {
    say(`Fetching esbuild ${version} for ${platforms.join(", ")} from the npm registry (${takes}).`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const specifiers = platforms.map((platform) => `@esbuild/${esbuild.packages[platform]}@${version}`);
    await quietly("Fetching esbuild", "npm", ["pack", "--silent", "--pack-destination", folder, ...specifiers]);
    for (const platform of platforms) await unpack(version, platform, folder);
  });
}

async function unpack(version, platform, folder) {
  const archive = join(folder, `esbuild-${esbuild.packages[platform]}-${version}.tgz`);
  const inside = platform.startsWith("windows/") ? "package/esbuild.exe" : "package/bin/esbuild";
  const target = join(folder, platform);
  mkdirSync(target, { recursive: true });
  const strip = `--strip-components=${inside.split("/").length - 1}`;
  await quietly("Unpacking esbuild", "tar", ["-xzf", archive, "-C", target, strip, inside]);
  rmSync(archive);
}
