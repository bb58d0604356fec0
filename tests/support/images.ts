import { existsSync } from "node:fs";
import { join } from "node:path";
import esbuild from "../../tools/esbuild.json";

/** The platforms for which there is a real program. */
export const platforms: readonly string[] = Object.keys(esbuild.packages);

const checkout = join(__dirname, "../..");

/**
 * A real, static executable for a platform: the esbuild binary that npm ships.
 * @param platform - one of {@link platforms}, for example `linux/arm/v7`.
 * @returns its absolute path.
 */
export function binaryFor(platform: string): string {
  return existing(platform, esbuild.version, platform.startsWith("windows/") ? "esbuild.exe" : "esbuild");
}

/** Another real executable for linux/arm64, as an earlier build of the same program: its absolute path. */
export function earlierArm64Binary(): string {
  return existing("linux/arm64", esbuild.earlierVersion, "esbuild");
}

function existing(platform: string, version: string, name: string): string {
  const path = join(checkout, ".tools", `esbuild-${version}`, platform, name);
  if (!existsSync(path)) throw new Error(`There is no ${path}: \`npm test\` fetches the binaries of ${platforms}.`);
  return path;
}
