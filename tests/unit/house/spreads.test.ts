import assert from "node:assert/strict";
import ts from "typescript";
import { descendants, sourceFilesUnder } from "../../support/sourceFiles";

describe("lists", () => {
  it("are not spread into arguments where they may be long: a long one is more than a call can take", () => {
    const files = sourceFilesUnder("provider", "sdk");
    const found = files.flatMap((file) =>
      descendants(file)
        .filter((node) => ts.isCallExpression(node))
        .filter((call) => /\b(push|unshift|splice|concat|max|min|fromCharCode)$/.test(call.expression.getText(file)))
        .filter((call) => call.arguments.some(ts.isSpreadElement))
        .map((call) => `${file.fileName}: ${call.getText(file).slice(0, 80)}`),
    );
    assert.deepEqual(found, []);
  });
});
