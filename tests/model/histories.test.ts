import assert from "node:assert/strict";
import { runHistory } from "./history";
import { rows } from "./rows/all";

describe("histories that once went wrong", () => {
  for (const { number, name, promise, history } of rows) {
    it(`${number} ${name}: ${promise}`, async () => {
      const { violations } = await runHistory(history);
      assert.deepEqual(violations, []);
    });
  }
});
