import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describedFiles } from "./schema/files";

const root = join(__dirname, "..");

for (const [path, text] of describedFiles(root)) {
  const file = join(root, path);
  if (readFileSync(file, { encoding: "utf8", flag: "a+" }) === text) continue;
  writeFileSync(file, text);
  console.log(`${path} is written anew.`);
}
