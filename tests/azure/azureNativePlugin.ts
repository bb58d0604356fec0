import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { checkout } from "../support/sourceFiles";

/** Where azure-native's SDK for Node.js is, as the set-up of the tests fetches it. */
export const azureNativeSdk = join(checkout, ".tools", "azure-native-3.28.0");

/** The stand-in for azure-native's plugin, as a program on PATH. */
export interface AzureNativePlugin {
  /** PATH with the plugin's folder at its head. */
  readonly path: string;
  remove(): Promise<void>;
}

/** Puts the stand-in into a folder of its own. */
export async function installAzureNative(): Promise<AzureNativePlugin> {
  const folder = await mkdtemp(join(tmpdir(), "multiarch-azure-native-"));
  const program = join(folder, "pulumi-resource-azure-native");
  const register = require.resolve("ts-node/register/transpile-only");
  const main = join(checkout, "tests/azure/azureNative.ts");
  await writeFile(
    program,
    `#!/bin/sh\nTS_NODE_PROJECT='${join(checkout, "tsconfig.json")}' exec node -r '${register}' '${main}' "$@"\n`,
  );
  await chmod(program, 0o755);
  const { PATH: path = "" } = process.env;
  return { path: [folder, path].join(delimiter), remove: () => rm(folder, { recursive: true, force: true }) };
}
