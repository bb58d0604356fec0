import assert from "node:assert/strict";
import { makeCertificates } from "../support/certificates";
import { textOf } from "./document";
import type { FaultRow } from "./faultRow";
import { faultGroups, verdictOf } from "./faults";
import { watchLeaks } from "./leaks";
import { operations } from "./operations";
import { type CellCertificates, type Outcome, startCell } from "./runner";

describe("faults of a registry", () => {
  let certificates: CellCertificates;
  before(() => {
    certificates = { good: makeCertificates(), bad: makeCertificates() };
  });

  for (const { title, rows } of faultGroups)
    describe(title, () => {
      for (const row of rows) describe(row.name, () => testRow(row, () => certificates));
    });
});

/** All cells of a row run at the same time: those that stall would take too long one after the other. */
function testRow(row: FaultRow, certificates: () => CellCertificates): void {
  const possible = operations.filter((operation) => verdictOf(row, operation).kind !== "impossible");
  const leaks: { requests: number; connections: number; others?: unknown } = { requests: 0, connections: 0 };
  let outcomes: readonly Outcome[] = [];

  before(async () => {
    const watch = await watchLeaks();
    const cells = await Promise.all(possible.map((operation) => startCell(row, operation, certificates())));
    outcomes = await Promise.all(cells.map(({ outcome }) => outcome));
    leaks.requests = await watch.unfinishedRequests();
    for (const cell of cells) leaks.connections += await cell.close();
    leaks.others = await watch.stop();
  });

  for (const operation of possible) {
    const expected = verdictOf(row, operation);
    it(`${operation.name}: ${textOf(expected)}`, () => {
      const outcome = outcomes.find((one) => one.operation === operation.name);
      assert.deepEqual(outcome?.verdict, expected, outcome?.message);
      assert.ok((outcome?.waitedSeconds ?? 0) >= (row.pauseSeconds ?? 0), `waited ${outcome?.waitedSeconds} s`);
    });
  }

  it("leaves no request, connection, timer or failed promise behind", () => {
    assert.deepEqual(leaks, { requests: 0, connections: 0, others: { rejections: [], resources: [] } });
  });
}
