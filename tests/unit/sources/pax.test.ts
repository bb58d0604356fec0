import assert from "node:assert/strict";
import * as fc from "fast-check";
import { hasCode } from "../../../provider/errors";
import { encodePax, parsePax, paxText, textOfPax } from "../../../provider/sources/pax";

const of = { path: "a/b", uid: 0, gid: 0, mtime: new Date(0) };

describe("PAX headers", () => {
  it("count the digits of a record's length in its length", () => {
    const records = { a: "x".repeat(5), b: "x".repeat(6), c: "x".repeat(94), d: "x".repeat(95) };
    const body = Buffer.from(encodePax(records, of)).toString("latin1", 512);
    const lengths = body
      .split("\n")
      .flatMap((line) => (line.includes("=") ? [[Number.parseInt(line, 10), line.length + 1]] : []));
    for (const [told, actual] of lengths) assert.equal(told, actual);
    assert.equal(lengths.length, 4);
  });

  it("keep values of any bytes, line breaks too", () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((value) => Buffer.from(value).toString("latin1"));
    const keyword = fc.stringMatching(/^[A-Za-z.]{1,20}$/);
    fc.assert(
      fc.property(fc.dictionary(keyword, bytes, { minKeys: 1, noNullPrototype: true }), (records) => {
        const encoded = Buffer.from(encodePax(records, of));
        const size = Number.parseInt(encoded.toString("latin1", 124, 135), 8);
        assert.deepEqual(parsePax(encoded.subarray(512, 512 + size), "tar"), records);
      }),
    );
  });

  it("carry texts as UTF-8", () => {
    assert.equal(textOfPax(paxText("größe/日本")), "größe/日本");
  });

  for (const body of ["9 a=b\n", "5 a=b\n", "x a=b\n", " a=b\n", "7 abcd\n", "6 a=b\n6 a=", "-6 a=b\n"])
    it(`security row 8: refuses the records ${JSON.stringify(body)}`, () => {
      assert.throws(
        () => parsePax(Buffer.from(body), "layer x"),
        (error: unknown) => hasCode(error, "ERR_CONTENT_INVALID") && error.message.startsWith("layer x"),
      );
    });
});
