import * as assert from "node:assert/strict";
import { quote } from "../../../provider/oci/quote";

describe("quote", () => {
  it("puts a text in quotation marks", () => {
    assert.equal(quote("a"), '"a"');
  });

  it("shows control characters as escapes", () => {
    assert.equal(quote("a\u001b[31m\n"), '"a\\u001b[31m\\n"');
  });

  it("shows a text of 120 characters whole", () => {
    assert.equal(quote("a".repeat(120)), `"${"a".repeat(120)}"`);
  });

  it("cuts a longer one", () => {
    assert.equal(quote("a".repeat(121)), `"${"a".repeat(120)}" and so on`);
  });
});
