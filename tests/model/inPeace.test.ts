import assert from "node:assert/strict";
import { properties } from "./random";

describe("60 random histories of at least 12 steps, in peace", () => {
  it("keep every promise", async () => {
    const options = { runs: 60, seed: 20_261_128, steps: 12, about: "", kinds: 1 };
    assert.deepEqual(await properties["in peace, every promise is kept"](options), []);
  }).timeout(600_000);
});
