import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

/** A declaration that a type's name can stand for. */
export type Declaration = ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.ClassDeclaration;

/** The types that the SDK's sources declare or import from the provider's, and constant lists of texts. */
export interface Declarations {
  /** @throws for a name that stands for none. */
  type(name: string): Declaration;
  find(name: string): Declaration | undefined;
  /** The elements of a constant list such as `azureMethods`. @throws for a name that stands for none. */
  texts(name: string): readonly string[];
  readonly all: readonly Declaration[];
}

/** Reads the declarations of all files under `sdk/`. @param root - the checkout's folder. */
export function readDeclarations(root: string): Declarations {
  const sdk = readdirSync(join(root, "sdk"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => parse(root, join("sdk", name)));
  const imported = [...new Set(sdk.flatMap((file) => providerImports(root, file)))].map((path) => parse(root, path));
  const statements = [...sdk, ...imported].flatMap((file) => [...file.statements]);
  const types = statements.filter(isDeclaration);
  const find = (name: string) => types.find((declared) => declared.name?.text === name);
  return {
    all: types.filter((declared) => sdk.includes(declared.getSourceFile())),
    find,
    type: (name) => find(name) ?? fail(`sdk/ declares no type ${name}`),
    texts: (name) => textsIn(statements, name) ?? fail(`no constant list of texts has the name ${name}`),
  };
}

/** Throws. @param message - of the error. */
export function fail(message: string): never {
  throw new Error(message);
}

function parse(root: string, path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(join(root, path), "utf8"), ts.ScriptTarget.ES2022, true);
}

function providerImports(root: string, file: ts.SourceFile): readonly string[] {
  return ts
    .preProcessFile(file.text)
    .importedFiles.map(({ fileName }) => relative(root, join(root, dirname(file.fileName), `${fileName}.ts`)))
    .filter((path) => /^provider\/.+\//.test(path));
}

function isDeclaration(node: ts.Statement): node is Declaration {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node);
}

function textsIn(statements: readonly ts.Statement[], name: string): readonly string[] | undefined {
  const value = statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .find((declared) => declared.name.getText() === name)?.initializer;
  const list = value && ts.isAsExpression(value) ? value.expression : value;
  return list && ts.isArrayLiteralExpression(list)
    ? list.elements.filter(ts.isStringLiteral).map(({ text }) => text)
    : undefined;
}
