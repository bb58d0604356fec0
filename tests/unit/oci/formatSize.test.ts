import { strictEqual } from "node:assert/strict";
import { formatSize } from "../../../provider/oci/formatSize";

describe("formatSize", () => {
  const cases: readonly (readonly [bytes: number, expected: string])[] = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [12_345, "12.3 kB"],
    [999_499, "999 kB"],
    [999_500, "1.00 MB"],
    [123_456_789, "123 MB"],
    [5_000_000_000, "5.00 GB"],
    [Number.MAX_SAFE_INTEGER, "9.01 PB"],
  ];
  for (const [bytes, expected] of cases) {
    it(`writes ${bytes} bytes as ${expected}`, () => strictEqual(formatSize(bytes), expected));
  }
});
