import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { checkout, descendants } from "../../support/sourceFiles";

/** The first cells of the tables in each section that names a file of tests, by that file. */
function rowsByFile(document: string): ReadonlyMap<string, readonly string[]> {
  const sections = readFileSync(join(checkout, document), "utf8")
    .split(/^#+ /m)
    .flatMap((section) => {
      const [, file] = /^Each row is a test of `([^`]+)`/m.exec(section) ?? [];
      return file === undefined ? [] : [[file, firstCells(section)] as const];
    });
  const files = new Set(sections.map(([file]) => file));
  return new Map(
    [...files].map((file) => [file, sections.filter(([other]) => other === file).flatMap(([, cells]) => cells)]),
  );
}

/** What stands left of the first bar of each line below a table's rule. */
function firstCells(section: string): readonly string[] {
  const lines = section.split("\n").filter((line) => line.startsWith("|"));
  const rule = lines.findIndex((line) => /^\|[-|]+\|$/.test(line));
  return lines.slice(rule + 1).map((line) => (line.split("|")[1] ?? "").trim().replaceAll("`", ""));
}

/** The titles that a file gives its tests: what `it` is called with, and every `title` of a table. */
function titlesOf(path: string): readonly string[] {
  const file = ts.createSourceFile(path, readFileSync(join(checkout, path), "utf8"), ts.ScriptTarget.ES2022, true);
  return descendants(file).flatMap((node) => {
    if (ts.isPropertyAssignment(node) && node.name.getText() === "title") return textOf(node.initializer);
    if (ts.isCallExpression(node) && node.expression.getText() === "it") return textOf(node.arguments[0]);
    return [];
  });
}

function textOf(node: ts.Node | undefined): readonly string[] {
  return node !== undefined && ts.isStringLiteralLike(node) ? [node.text] : [];
}

/** The tests whose titles are the rows of a document. */
const documents: readonly (readonly [document: string, folder: string, files: RegExp])[] = [
  ["docs/lifecycle.md", "tests/pulumi", /^(reconcile|options|commands)/],
  ["docs/azure.md", "tests/azure", /^(hazards|locks)/],
  ["docs/registries.md", "tests/registry/resources", /^makes/],
];

for (const [document, folder, files] of documents)
  describe(document, () => {
    const rows = rowsByFile(document);

    it(`has a table for every file of ${folder} that it is to have one for`, () => {
      const names = readdirSync(join(checkout, folder)).filter((name) => files.test(name) && name.endsWith(".test.ts"));
      assert.deepEqual([...rows.keys()].sort(), names.map((name) => `${folder}/${name}`).sort());
    });

    for (const [file, titles] of rows) {
      it(`has as its rows the titles of ${file}, each once`, () => {
        assert.deepEqual([...titles].sort(), [...titlesOf(file)].sort());
      });
    }
  });
