import { strictEqual } from "node:assert/strict";
import { formatProgress, type ProgressState } from "../../../../provider/resources/process/formatProgress";

const state: ProgressState = {
  layers: { done: 2, all: 5 },
  bytes: { done: 120_000_000, all: 256_000_000 },
  bytesPerSecond: 85_000_000,
};

describe("formatProgress", () => {
  const cases: readonly (readonly [title: string, state: ProgressState, expected: string])[] = [
    ["layers, bytes and rate", state, "2 of 5 layers, 120 MB of 256 MB, 85.0 MB/s"],
    ["of one layer", { ...state, layers: { done: 0, all: 1 } }, "0 of 1 layer, 120 MB of 256 MB, 85.0 MB/s"],
    ["of what has no layers the bytes alone", { ...state, layers: { done: 0, all: 0 } }, "120 MB of 256 MB, 85.0 MB/s"],
    ["that nothing moves", { ...state, bytesPerSecond: 0 }, "2 of 5 layers, 120 MB of 256 MB, 0 B/s"],
  ];
  for (const [title, given, expected] of cases)
    it(`tells ${title}`, () => strictEqual(formatProgress(given), expected));
});
