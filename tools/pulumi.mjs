import { buildGoTool, copyDynamicProviderLauncher } from "./goTools.mjs";
import { findCommand, quietly, say } from "./process.mjs";

const lowestVersion = [3, 150, 0];
const companions = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

/**
 * Sees to it that there is a Pulumi CLI with what it needs to run programs and dynamic providers in Node.js: the one on
 * PATH when it is complete and recent enough, else one built into `.tools/bin`.
 */
export async function providePulumi() {
  const unfit = await whyPulumiOnPathIsUnfit();
  if (unfit === undefined) return;
  if (!findCommand("go")) {
    throw new Error(
      `${unfit}, and there is no Go to build one: install Pulumi ${lowestVersion.join(".")} or later ` +
        "(https://www.pulumi.com/docs/install) or Go 1.26 or later (https://go.dev/dl) and run this again.",
    );
  }
  await buildGoTool("pulumi");
  await buildGoTool("language-nodejs");
  await copyDynamicProviderLauncher();
}

async function whyPulumiOnPathIsUnfit() {
  if (!findCommand("pulumi")) return "There is no pulumi on PATH";
  const absent = companions.filter((name) => !findCommand(name));
  if (absent.length > 0) return `The pulumi on PATH lacks ${absent.join(" and ")}`;
  const version = (await quietly("Asking pulumi for its version", "pulumi", ["version"])).trim();
  if (isAtLeast(version, lowestVersion)) return undefined;
  say(`pulumi ${version} on PATH is older than ${lowestVersion.join(".")}.`);
  return `The pulumi on PATH is too old (${version})`;
}

/**
 * Whether a version is not lower than another.
 * @param version - for example `v3.259.0` or `3.259.0-dev`; what follows the three numbers is ignored.
 * @param lowest - three numbers.
 */
export function isAtLeast(version, lowest) {
  const numbers = version.match(/\d+/g)?.map(Number) ?? [];
  const index = lowest.findIndex((number, position) => numbers[position] !== number);
  return index < 0 || (numbers[index] ?? 0) > lowest[index];
}
