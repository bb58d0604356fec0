import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../support/sourceFiles";
import { documentPath, faultsDocument } from "./document";
import { faultGroups, verdictOf } from "./faults";
import { operations } from "./operations";

describe("the table of faults", () => {
  const rows = faultGroups.flatMap((group) => group.rows);
  const verdicts = rows.flatMap((row) => operations.map((operation) => verdictOf(row, operation)));

  it(`stands in ${documentPath} as it is tested; tests/faults/writeDocument.ts writes it there`, () => {
    assert.equal(readFileSync(join(checkout, documentPath), "utf8"), faultsDocument());
  });

  it("has no two rows and no two columns of the same name", () => {
    const names = [...rows, ...operations].map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)]);
  });

  it("has a verdict for each operation with each fault, and says which cannot be", () => {
    const impossible = verdicts.filter(({ kind }) => kind === "impossible");
    assert.deepEqual(
      {
        faults: rows.length,
        operations: operations.length,
        run: verdicts.length - impossible.length,
        impossible: impossible.length,
      },
      { faults: 43, operations: 16, run: 598, impossible: 90 },
    );
  });
});
