import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { checkout } from "../support/sourceFiles";

describe("npm run quickstart", function () {
  this.timeout(180_000);
  /** The output of each step, by the step's title. */
  let steps: ReadonlyMap<string, string>;

  before(async () => {
    const { stdout } = await promisify(execFile)("node", ["tools/quickstart.mjs"], { cwd: checkout });
    steps = new Map(stdout.split("\n# ").map((step) => [step.slice(0, step.indexOf("\n")), step]));
  });

  const step = (word: string): string => {
    const found = [...steps].find(([title]) => title.includes(word));
    if (!found) throw new Error(`No step is about ${word}: ${[...steps.keys()].join("; ")}`);
    return found[1];
  };
  const digestsIn = (text: string) => [...text.matchAll(/(linux\/\S+?) *: "(sha256:[0-9a-f]{64})"/g)].map(String);

  it("previews the digests that the update then pushes", () => {
    const previewed = digestsIn(step("preview knows"));
    assert.equal(previewed.length, 6);
    assert.deepEqual(digestsIn(step("update pushes")), previewed);
  });

  it("reads back an index of six platforms", () => {
    const platforms = step("registry now holds").match(/^ {2}linux\/\S+/gm);
    assert.equal(platforms?.length, 6);
  });

  it("finds nothing to do in a second update", () => {
    assert.match(step("nothing to do"), /9 unchanged/);
  });

  it("marks no other platform than the one that changed", () => {
    const marked = step("Another build").match(/^ *~ linux\/\S+/gm) ?? [];
    assert.deepEqual([...new Set(marked.map((line) => line.replace("~", "").trim()))], ["linux/arm64"]);
  });

  it("leaves no registry running", async () => {
    const [address] = /localhost:\d+/.exec(step("listens on")) ?? [];
    await assert.rejects(fetch(`http://${address}/v2/`));
  });
});
