import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { memberRecords } from "../../../provider/sources/memberRecords";
import { paxRecord } from "./tars";

describe("memberRecords", () => {
  it("reads name, link and size, and leaves out the rest", () => {
    const records = [
      ["path", "größe"],
      ["linkpath", "a=b"],
      ["size", "12"],
      ["mtime", "1.5"],
    ].map(([key = "", value = ""]) => paxRecord(key, value));
    const read = memberRecords(Buffer.from(records.join("")), "x");
    assert.deepEqual(read, { path: "größe", linkpath: "a=b", size: 12 });
  });

  const refused: readonly (readonly [string, string])[] = [
    ["a malformed record", "99 a=b\n"],
    ["a negative size", paxRecord("size", "-1")],
    ["a size beyond 2^53", paxRecord("size", "9007199254740993")],
    ["a sparse file", paxRecord("GNU.sparse.major", "1")],
  ];
  for (const [title, text] of refused)
    it(`security row 8: refuses ${title}`, () => {
      assert.throws(
        () => memberRecords(Buffer.from(text), "x"),
        (error) => hasCode(error, "ERR_CONTENT_INVALID"),
      );
    });
});
