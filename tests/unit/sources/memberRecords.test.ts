import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { memberRecords } from "../../../provider/sources/memberRecords";
import { paxText } from "../../../provider/sources/pax";

describe("memberRecords", () => {
  it("takes name, link and size, and leaves out the rest", () => {
    const records = { path: paxText("größe"), linkpath: "a=b", size: "12", mtime: "1.5" };
    assert.deepEqual(memberRecords(records, "x"), { path: "größe", linkpath: "a=b", size: 12 });
  });

  const refused: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ["a negative size", { size: "-1" }],
    ["a size beyond 2^53", { size: "9007199254740993" }],
    ["a sparse file", { "GNU.sparse.major": "1" }],
  ];
  for (const [title, records] of refused)
    it(`security row 8: refuses ${title}`, () => {
      assert.throws(
        () => memberRecords(records, "x"),
        (error) => hasCode(error, "ERR_CONTENT_INVALID"),
      );
    });
});
