import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { quietly, root, say } from "./process.mjs";
import { once } from "./stamp.mjs";

/**
 * Fetches other versions of Node.js, as npm ships them: to see that what we make depends on none of them. They go to
 * `.tools/node-VERSION/node`.
 */
export async function provideOtherNodes() {
  for (const version of JSON.parse(readFileSync(join(root, "tools", "nodes.json"), "utf8"))) await provideNode(version);
}

async function provideNode(version) {
  const makes = join(".tools", `node-${version}`, "node");
  await once({ name: `node-${version}`, dependsOn: [version, process.arch], makes }, async () => {
    say(`Fetching Node.js ${version} from the npm registry (50 MB, about 10 seconds).`);
    const folder = join(root, ".tools", `node-${version}`);
    const name = `node-linux-${process.arch}`;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await quietly("Fetching Node.js", "npm", ["pack", "--silent", "--pack-destination", folder, `${name}@${version}`]);
    const archive = join(folder, `${name}-${version}.tgz`);
    await quietly("Unpacking Node.js", "tar", [
      "-xzf",
      archive,
      "-C",
      folder,
      "--strip-components=2",
      "package/bin/node",
    ]);
    rmSync(archive);
  });
}
