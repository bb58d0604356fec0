import { existsSync, watch } from "node:fs";
import { join } from "node:path";
import { filesNeededBy } from "./importGraph.mjs";
import { testFilesIn } from "./needs.mjs";
import { root, run, say, withTools } from "./process.mjs";

/** Editors save a file in several steps; the tests run after the last one. */
const quietMs = 50;
/** From this many files on, two processes are faster than one. */
const manyFiles = 20;

const paths = process.argv.slice(2);
const watched = paths.length > 0 ? paths : ["tests/unit"];
const changed = new Set();
let timer;
let lastRun = Promise.resolve();

for (const folder of ["provider", "sdk", "tests"])
  watch(join(root, folder), { recursive: true }, (_, name) => {
    if (!name?.endsWith(".ts")) return;
    changed.add(join(folder, name));
    clearTimeout(timer);
    timer = setTimeout(() => {
      lastRun = lastRun.then(runAffectedTests);
    }, quietMs);
  });
say(`Watching provider/, sdk/ and tests/: each save runs the tests of ${watched.join(", ")} that need the saved file.`);

async function runAffectedTests() {
  const files = [...changed].filter((file) => existsSync(join(root, file)));
  changed.clear();
  const tests = watched.flatMap(testFilesIn).filter((test) => needsOneOf(test, files));
  say(`\n${files.join(", ")}: ${tests.length} files of tests`);
  if (tests.length === 0) return;
  const options = ["--reporter=dot", ...(tests.length >= manyFiles ? ["--parallel", "--jobs=2"] : [])];
  await run("npx", ["--no-install", "mocha", ...options, ...tests], { env: withTools() });
}

/** A test with an import that cannot be found runs, and reports it. */
function needsOneOf(test, files) {
  try {
    const needed = filesNeededBy(test);
    return files.some((file) => needed.has(file));
  } catch {
    return true;
  }
}
