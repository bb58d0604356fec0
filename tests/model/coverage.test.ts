import assert from "node:assert/strict";
import * as fc from "fast-check";
import { coverageOf, featuresOf } from "./coverage";
import { histories } from "./generators";
import { historyOf } from "./randomHistory";

const seed = 20_261_128;
const enough = 20;

describe("10,000 random histories", () => {
  const generator = histories({ strangers: true, interruptions: true, steps: 12 });

  it(`have each pair of {kind, option's value, command, interruption, stranger's act} at least ${enough} times`, () => {
    const sample = fc.sample(generator, { numRuns: 10_000, seed }).map(historyOf);
    const features = [...new Set(sample.flatMap((history) => [...featuresOf(history)]))].sort();
    const counts = coverageOf(sample);
    const pairs = features.flatMap((one, place) => features.slice(place + 1).map((other) => `${one} + ${other}`));
    const rare = pairs.filter((pair) => (counts.get(pair) ?? 0) < enough);
    assert.deepEqual(rare, []);
    assert.ok(features.length >= 50, `only ${features.length} features: ${features.join(", ")}`);
  }).timeout(180_000);
});
