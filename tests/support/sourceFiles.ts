import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

/** The checkout's root folder. */
export const checkout = join(__dirname, "../..");

/** One import of a file. */
export interface Import {
  /** The importing file, relative to the root. */
  readonly from: string;
  /** What is imported: a path relative to the root, or a package's name. */
  readonly to: string;
  /** `type`: gone after compilation. `lazy`: `import()` or `require()`, run when it is reached. */
  readonly kind: "type" | "value" | "lazy";
}

/** The TypeScript files under folders of the checkout, parsed. */
export function sourceFilesUnder(...folders: readonly string[]): readonly ts.SourceFile[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(checkout, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
    )
    .filter((path) => path.endsWith(".ts") && !path.includes("node_modules"))
    .map((path) => ts.createSourceFile(path, readFileSync(join(checkout, path), "utf8"), ts.ScriptTarget.ES2022, true));
}

/** All imports and re-exports of a file, wherever they stand in it. */
export function importsOf(file: ts.SourceFile): readonly Import[] {
  return descendants(file).flatMap((node) => {
    const found = importIn(node);
    return found ? [{ from: file.fileName, to: target(file.fileName, found.specifier), kind: found.kind }] : [];
  });
}

/** A node and everything in it. */
export function descendants(node: ts.Node): readonly ts.Node[] {
  const found = [node];
  ts.forEachChild(node, (child) => {
    found.push(...descendants(child));
  });
  return found;
}

function importIn(node: ts.Node): { specifier: string; kind: Import["kind"] } | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, kind: isTypeImport(node) ? "type" : "value" };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, kind: isTypeExport(node) ? "type" : "value" };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { specifier: node.argument.literal.text, kind: "type" };
  }
  if (ts.isCallExpression(node) && isLoading(node.expression)) {
    const [argument] = node.arguments;
    return { specifier: argument && ts.isStringLiteral(argument) ? argument.text : "(computed)", kind: "lazy" };
  }
  return undefined;
}

function isTypeImport({ importClause }: ts.ImportDeclaration): boolean {
  if (!importClause) return false;
  const bindings = importClause.namedBindings;
  const areTypes = bindings && ts.isNamedImports(bindings) && bindings.elements.every(({ isTypeOnly }) => isTypeOnly);
  return importClause.isTypeOnly || (importClause.name === undefined && areTypes === true);
}

function isTypeExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  if (isTypeOnly || !exportClause || !ts.isNamedExports(exportClause)) return isTypeOnly;
  return exportClause.elements.every((element) => element.isTypeOnly);
}

function isLoading(called: ts.Expression): boolean {
  if (called.kind === ts.SyntaxKind.ImportKeyword) return true;
  const name = ts.isPropertyAccessExpression(called) && called.name.text === "resolve" ? called.expression : called;
  return ts.isIdentifier(name) && name.text === "require";
}

function target(importer: string, specifier: string): string {
  if (specifier.startsWith(".")) return relative(checkout, join(checkout, dirname(importer), specifier));
  return specifier;
}
