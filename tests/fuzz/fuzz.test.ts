import assert from "node:assert/strict";
import { fuzz } from "./fuzz";

describe("what others have written", () => {
  it("ends with a result or an error of the package's own, within 50 ms and 64 MiB", async () => {
    const seed = Date.now() % 1_000_000_000;
    const { inputs, faults } = await fuzz(seed, { seconds: 30 });
    const texts = faults.map(({ target, problem, input }) => `${target}: ${problem}: ${input.toString("base64")}`);
    assert.deepEqual(texts, [], `seed ${seed}`);
    assert.ok(inputs > 1000, `only ${inputs} inputs`);
  }).timeout(120_000);
});
