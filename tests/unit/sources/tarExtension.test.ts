import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { isTarExtension, readTarExtension, type TarExtension } from "../../../provider/sources/tarExtension";
import { paxRecord } from "./tars";

describe("readTarExtension", () => {
  const pax = paxRecord("path", "long/name");
  const cases: readonly (readonly [type: string, content: string, expected: TarExtension])[] = [
    ["ExtendedHeader", pax, { pax: { path: "long/name" } }],
    ["GlobalExtendedHeader", pax, { everyPax: { path: "long/name" } }],
    ["NextFileHasLongPath", "long/name\0", { path: "long/name" }],
    ["OldGnuLongPath", "long/name\0\0", { path: "long/name" }],
    ["NextFileHasLongLinkpath", "größe", { linkpath: "größe" }],
  ];
  for (const [type, content, expected] of cases)
    it(`reads what a ${type} says`, () => {
      assert.equal(isTarExtension(type), true);
      assert.deepEqual(readTarExtension(type, Buffer.from(content), "x"), expected);
    });

  it("takes a file, and names of Object.prototype, for no extension", () => {
    assert.deepEqual(["File", "constructor"].map(isTarExtension), [false, false]);
  });

  it("security row 8: refuses a malformed record, naming the header", () => {
    assert.throws(
      () => readTarExtension("ExtendedHeader", Buffer.from("99 a=b\n"), "x"),
      (error: unknown) => hasCode(error, "ERR_CONTENT_INVALID") && error.message.startsWith("x"),
    );
  });
});
