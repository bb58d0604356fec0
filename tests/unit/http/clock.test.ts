import assert from "node:assert/strict";
import ts from "typescript";
import { systemClock } from "../../../provider/http/clock";
import { descendants, sourceFilesUnder } from "../../support/sourceFiles";

describe("systemClock", () => {
  const { now } = Date;
  afterEach(() => {
    Date.now = now;
  });

  it("does not go back when the machine's clock is set back by an hour", () => {
    const before = systemClock.now();
    Date.now = () => now() - 3_600_000;
    const elapsedMs = systemClock.now() - before;
    assert.ok(elapsedMs >= 0 && elapsedMs < 60_000, `${elapsedMs} ms`);
  });

  it("tells the date as the machine does", () => {
    Date.now = () => Date.parse("2024-05-01T12:00:00Z");
    assert.equal(systemClock.date(), Date.parse("2024-05-01T12:00:00Z"));
  });

  it("is the one clock of the provider: elsewhere the machine's date is compared with the times of files only", () => {
    const readers = sourceFilesUnder("provider").filter((file) =>
      descendants(file).some((node) => ts.isPropertyAccessExpression(node) && node.getText() === "Date.now"),
    );
    assert.deepEqual(
      readers.map(({ fileName }) => fileName),
      ["provider/http/clock.ts", "provider/sources/pruneFolder.ts"],
    );
  });
});
