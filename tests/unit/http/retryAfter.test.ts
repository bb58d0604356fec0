import assert from "node:assert/strict";
import { parseRetryAfter } from "../../../provider/http/retryAfter";

const now = Date.parse("2025-06-01T12:00:00Z");

describe("parseRetryAfter", () => {
  const cases: readonly (readonly [string | undefined, number | undefined])[] = [
    ["1", 1000],
    ["0", 0],
    [" 120 ", 120_000],
    ["Sun, 01 Jun 2025 12:00:30 GMT", 30_000],
    ["Sun, 01 Jun 2025 11:59:00 GMT", 0],
    ["Sun, 99 Jun 2025 11:59:00 GMT", undefined],
    [undefined, undefined],
    ["", undefined],
    ["soon", undefined],
    ["-1", undefined],
    ["1.5", undefined],
    ["1e3", undefined],
    ["2025-06-01T12:00:30Z", undefined],
    ["9".repeat(400), undefined],
  ];
  for (const [value, expected] of cases)
    it(`takes ${value?.slice(0, 40) ?? "a missing header"} for ${expected ?? "nothing"}`, () =>
      assert.equal(parseRetryAfter(value, now), expected));
});
