import assert from "node:assert/strict";
import { rows } from "./rows/all";
import { runRow } from "./rows/row";

describe("a history that once went wrong", () => {
  for (const row of rows) {
    it(`${row.number} ${row.name}: ${row.promise}`, async () => {
      assert.deepEqual((await runRow(row)).violations, []);
    });
  }
});
