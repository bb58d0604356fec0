import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { coverageCommand } from "./coverage.mjs";
import { root, run, say, withTools } from "./process.mjs";
import { prepareTests } from "./setup.mjs";
import { timesTable } from "./testTimes.mjs";

const pulumiTimeout = "--timeout=180000";
/** The CLI leaves half of two processors idle. */
const twoFilesAtOnce = ["--parallel", "--jobs=2"];

let passed = 0;
/** What failed, each a text with the test's title and its error. */
const failed = [];
/** What is not as it should be, beside failed tests. */
const problems = [];
/** Milliseconds by test file. */
const times = new Map();

try {
  await prepareTests();
  const chosen = process.argv.slice(2);
  await (chosen.length > 0 ? testChosen(chosen) : testAll());
} catch (error) {
  problems.push(error.message);
}
for (const line of timesTable(times)) say(line);
// Again at the end, because a log of CI is often kept from its end alone.
for (const failure of failed) say(`Failed: ${failure}`);
for (const problem of problems) say(problem);
say(`${passed} passed, ${failed.length} failed`);
process.exitCode = problems.length === 0 && failed.length === 0 ? 0 : 1;

/** The style, the types, and every test; those through the Pulumi CLI without measuring what they cover. */
async function testAll() {
  await check("Formatting and lint", "biome", ["check", "."]);
  await check("Types", "tsc", ["-p", "."]);
  await testWithMocha(
    "Unit, registry, Azure and fault tests",
    ["tests/unit", "tests/registry", "tests/azure", "tests/faults"],
    [],
    coverageCommand(),
  );
  await testWithMocha("Interruptions and races", ["tests/interruption"], [pulumiTimeout]);
  await testWithMocha("Tests through the Pulumi CLI", ["tests/pulumi"], [pulumiTimeout, ...twoFilesAtOnce]);
}

async function testChosen(paths) {
  const needsPulumi = paths.some((path) => path.includes("pulumi"));
  await testWithMocha(`Tests of ${paths.join(", ")}`, paths, needsPulumi ? [pulumiTimeout, ...twoFilesAtOnce] : []);
}

async function check(title, command, args) {
  say(`\n${title}: npx ${command} ${args.join(" ")}`);
  const code = await run("npx", ["--no-install", command, ...args]);
  if (code !== 0) problems.push(`${title}: see above.`);
}

/** @param around - a command to run mocha under. */
async function testWithMocha(title, paths, options, around = []) {
  const output = join(root, ".tools", "stats.json");
  mkdirSync(join(root, ".tools"), { recursive: true });
  rmSync(output, { force: true });
  const reporter = ["--reporter=tools/statsReporter.cjs", `--reporter-option=output=${output}`];
  const command = [...around, "mocha", ...options, ...reporter, ...paths.flatMap(testFiles)];
  say(`\n${title}`);
  const code = await run("npx", ["--no-install", ...command], { env: withTools() });
  if (!existsSync(output)) throw new Error(`${title}: mocha did not come to its end.`);
  const { passes, failures, times: spent } = JSON.parse(readFileSync(output, "utf8"));
  passed += passes;
  failed.push(...failures);
  for (const [file, milliseconds] of Object.entries(spent)) times.set(file, milliseconds);
  if (code !== 0 && failures.length === 0)
    problems.push(`${title}: the tests passed, but what they cover is not enough; see above.`);
}

function testFiles(path) {
  if (!existsSync(join(root, path))) throw new Error(`There is no ${path} to test.`);
  return statSync(join(root, path)).isDirectory() ? `${path}/**/*.test.ts` : path;
}
