import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { coverageCommand } from "./coverage.mjs";
import { root, run, say, withTools } from "./process.mjs";
import { buildPackage, preparePackages } from "./setup.mjs";
import { timesTable } from "./testTimes.mjs";

const slow = "--timeout=180000";
/** Two processors are enough for two files: a test waits for processes and registries half of its time. */
const twoFilesAtOnce = ["--parallel", "--jobs=2"];

let passed = 0;
/** What failed, each a text with the test's title and its error. */
const failed = [];
/** What is not as it should be, beside failed tests. */
const problems = [];
/** Milliseconds by test file. */
const times = new Map();

const isLong = process.argv[2] === "--all";
const environment = withTools(isLong ? { MULTIARCH_TESTS: "all" } : {});

try {
  await preparePackages();
  const words = process.argv.slice(isLong ? 3 : 2);
  const firstOption = words.findIndex((word) => word.startsWith("-"));
  const paths = firstOption < 0 ? words : words.slice(0, firstOption);
  const options = firstOption < 0 ? [] : words.slice(firstOption);
  await (paths.length > 0 ? testChosen(paths, options) : testEverything(options));
} catch (error) {
  problems.push(error.message);
}
for (const line of timesTable(times)) say(line);
// Again at the end, because a log of CI is often kept from its end alone.
for (const failure of failed) say(`Failed: ${failure}`);
for (const problem of problems) say(problem);
say(`${passed} passed, ${failed.length} failed`);
process.exitCode = problems.length === 0 && failed.length === 0 ? 0 : 1;

/** Checks the style and the types, and runs every test; those through the Pulumi CLI without measuring what they cover. */
async function testEverything(options) {
  await check("Formatting and lint", "lint");
  await check("Types", "typecheck");
  await buildPackage();
  await testWithMocha(
    "Unit, model, fuzz, registry, Azure and fault tests",
    ["tests/unit", "tests/model", "tests/fuzz", "tests/registry", "tests/azure", "tests/faults"],
    options,
    coverageCommand(),
  );
  await testWithMocha("Interruptions and races", ["tests/interruption"], [slow, ...options]);
  await testWithMocha("Tests through the Pulumi CLI", ["tests/pulumi"], [slow, ...twoFilesAtOnce, ...options]);
}

async function testChosen(paths, options) {
  const isIn = (folder) => paths.some((path) => path.startsWith(`tests/${folder}`));
  const own = isIn("pulumi") || isIn("interruption") ? [slow] : [];
  const together = isIn("pulumi") || paths.every((path) => path === "tests/unit") ? twoFilesAtOnce : [];
  await testWithMocha(`Tests of ${paths.join(", ")}`, paths, [...own, ...together, ...options]);
}

async function check(title, script) {
  say(`\n${title}: npm run ${script}`);
  const code = await run("npm", ["run", "--silent", script]);
  if (code !== 0) problems.push(`${title}: see above.`);
}

/**
 * Runs the tests of files and folders, after all that these need has been provided.
 * @param around - a command to run mocha under.
 */
async function testWithMocha(title, paths, options, around = []) {
  const { provideNeedsOf, testFilesIn } = await import("./needs.mjs");
  const files = paths.flatMap(testFilesIn);
  await provideNeedsOf(files);
  const output = join(root, ".tools", `stats-${process.pid}.json`);
  mkdirSync(join(root, ".tools"), { recursive: true });
  rmSync(output, { force: true });
  const reporter = ["--reporter=tools/statsReporter.cjs", `--reporter-option=output=${output}`];
  const command = [...around, "mocha", ...reporter, ...options, ...files];
  say(`\n${title}`);
  const code = await run("npx", ["--no-install", ...command], { env: environment });
  if (!existsSync(output)) throw new Error(`${title}: mocha did not come to its end.`);
  const { passes, failures, times: spent } = JSON.parse(readFileSync(output, "utf8"));
  rmSync(output);
  passed += passes;
  failed.push(...failures);
  for (const [file, milliseconds] of Object.entries(spent)) times.set(file, milliseconds);
  if (code !== 0 && failures.length === 0)
    problems.push(`${title}: the tests passed, but what they cover is not enough; see above.`);
}
