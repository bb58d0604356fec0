import assert from "node:assert/strict";
import { rows } from "./rows/all";
import { runRow } from "./rows/row";

// Beside those of `npm test`: what is red here is what the redesign is to turn green.
describe("a history that once went wrong", () => {
  const results: { readonly row: string; readonly name: string; readonly result: string }[] = [];
  after(() => console.table(results));

  for (const row of rows) {
    it(`${row.number} ${row.name}: ${row.promise}`, async () => {
      const { violations } = await runRow(row);
      results.push({ row: row.number, name: row.name, result: violations.length > 0 ? "red" : "green" });
      assert.deepEqual(violations, []);
    });
  }
});
