import assert from "node:assert/strict";
import ts from "typescript";
import { sourceFilesUnder } from "../../support/sourceFiles";

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return isNamed ? [statement.name?.text ?? "default"] : [];
}

function isDocumented(statement: ts.Node): boolean {
  return ts.getJSDocCommentsAndTags(statement).some((comment) => ts.isJSDoc(comment) && comment.comment !== undefined);
}

/** The exported names without a comment; overloads share the comment of the first. */
function undocumented(file: ts.SourceFile): readonly string[] {
  const exported = file.statements.filter(isExported);
  const documented = new Set(exported.filter(isDocumented).flatMap(namesOf));
  return [...new Set(exported.flatMap(namesOf))].filter((name) => !documented.has(name));
}

/** The members of interfaces and classes without a comment. */
function undocumentedMembers(file: ts.SourceFile): readonly string[] {
  return file.statements.flatMap((statement) =>
    ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement)
      ? [...statement.members]
          .filter((member) => !isDocumented(member))
          .map((member) => `${statement.name?.text}.${member.name?.getText() ?? "constructor"}`)
      : [],
  );
}

describe("doc comments", () => {
  for (const folder of ["provider", "sdk", "tests/support"]) {
    it(`say what every exported name of ${folder} is`, () => {
      const missing = sourceFilesUnder(folder).flatMap((file) =>
        undocumented(file).map((name) => `${file.fileName}: ${name}`),
      );
      assert.deepEqual(missing, []);
    });
  }

  it("say what every member of the SDK's interfaces and classes is", () => {
    const missing = sourceFilesUnder("sdk").flatMap((file) =>
      undocumentedMembers(file).map((name) => `${file.fileName}: ${name}`),
    );
    assert.deepEqual(missing, []);
  });

  it("begin with a noun or a verb in resources and the SDK", () => {
    const files = ["provider/resources", "sdk"].flatMap((folder) => sourceFilesUnder(folder));
    const riddles = files.flatMap(({ fileName, text }) =>
      [...text.matchAll(/\/\*\*\s*(?:\*\s*)?What\b.*/g)].map(([comment]) => `${fileName}: ${comment}`),
    );
    assert.deepEqual(riddles, []);
  });
});
