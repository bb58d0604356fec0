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

/** The groups of files that import one another in a circle, types included, each sorted by name. */
export function importCircles(files: readonly ts.SourceFile[]): readonly (readonly string[])[] {
  const names = new Set(files.map(({ fileName }) => fileName));
  const imports = new Map(
    files.map((file) => [
      file.fileName,
      importsOf(file).flatMap(({ to }) => [`${to}.ts`, join(to, "index.ts")].filter((name) => names.has(name))),
    ]),
  );
  const reached = new Map([...names].map((name) => [name, reachableFrom(name, imports)]));
  const circles = [...names].map((name) =>
    [...(reached.get(name) ?? [])].filter((other) => reached.get(other)?.has(name)).sort(),
  );
  return [...new Set(circles.filter((circle) => circle.length > 0).map((circle) => circle.join(" ")))].map((circle) =>
    circle.split(" "),
  );
}

function reachableFrom(start: string, imports: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [...(imports.get(start) ?? [])];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    waiting.push(...(imports.get(name) ?? []));
  }
  return reached;
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
