import assert from "node:assert/strict";
import * as fc from "fast-check";
import { bytesOfText, plainText, textOfBytes } from "../../../provider/sources/byteText";

describe("names of files as texts", () => {
  it("give their bytes back, whatever these are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) =>
        assert.deepEqual([...bytesOfText(textOfBytes(bytes))], [...bytes]),
      ),
      { seed: 1 },
    );
  });

  it("are what UTF-8 says, where they are UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => assert.equal(textOfBytes(Buffer.from(text)), text)),
      { seed: 2 },
    );
  });

  it("have characters alone for fields that hold no bytes", () => {
    assert.equal(plainText(textOfBytes(Buffer.from("caf\xe9.crt", "latin1"))), "caf_.crt");
  });
});
