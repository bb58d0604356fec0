import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { quietly, root, say } from "./process.mjs";
import { once } from "./stamp.mjs";

const version = "3.28.0";

/**
 * Fetches azure-native's SDK for Node.js, for examples and their types. It is no dependency of the checkout: Pulumi would fetch
 * the plugin of every SDK that it finds in `node_modules` before it runs any program, the quickstart's too.
 */
export async function provideAzureNative() {
  const folder = join(root, ".tools", `azure-native-${version}`);
  const makes = join(".tools", `azure-native-${version}`, "package.json");
  await once({ name: `azure-native-${version}`, dependsOn: ["tools/azureNative.mjs"], makes }, async () => {
    say(`Fetching @pulumi/azure-native ${version} from the npm registry (10 MB, about 10 seconds).`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const specifier = `@pulumi/azure-native@${version}`;
    await quietly("Fetching azure-native", "npm", ["pack", "--silent", "--pack-destination", folder, specifier]);
    const archive = join(folder, `pulumi-azure-native-${version}.tgz`);
    await quietly("Unpacking azure-native", "tar", ["-xzf", archive, "-C", folder, "--strip-components=1"]);
    rmSync(archive);
  });
}
