import assert from "node:assert/strict";
import ts from "typescript";
import { sourceFilesUnder } from "../../support/sourceFiles";

/** The files that read inputs and states, or hand them to those that do. */
const border =
  /^(properties\/.*|lifecycle|registry|process\/programPlan|tagged\/(check|declared|diff|taggedKind|taggedLifecycle|write|writeProgress)|\w+\/(inputs|sourceInput|results|outputs))\.ts$/;

/** Every function of a file, with how it is called in messages. */
function functionsOf(file: ts.SourceFile): readonly (readonly [name: string, parameters: number])[] {
  const found: (readonly [string, number])[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node))
      found.push([`${file.fileName}: ${node.name?.getText() ?? "a function"}`, node.parameters.length]);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

describe("resources", () => {
  const files = sourceFilesUnder("provider/resources");

  it("parse inputs and states at their border: no other file knows property bags", () => {
    const knowing = files.filter((file) => /\bPropertyBag\b/.test(file.text)).map(({ fileName }) => fileName);
    const names = knowing.map((name) => name.replace(/^.*provider\/resources\//, ""));
    assert.deepEqual(
      names.filter((name) => !border.test(name)),
      [],
    );
  });

  it("have no function with more than five parameters", () => {
    const long = files.flatMap(functionsOf).filter(([, parameters]) => parameters > 5);
    assert.deepEqual(long, []);
  });
});
