import ts from "typescript";
import { type Declarations, fail } from "./declarations";
import { docCommentOf } from "./docComment";

/** The form of a value, without Pulumi's wrappers. */
export type Shape =
  | { readonly kind: "text" | "number" | "boolean" | "true" | "platform" | "any" }
  | { readonly kind: "values"; readonly values: readonly string[] }
  | { readonly kind: "list" | "map"; readonly of: readonly [Shape] }
  | { readonly kind: "object"; readonly name: string }
  | { readonly kind: "union"; readonly of: readonly Shape[] };

/** Types of which the language of inputs knows more, or less, than their declarations say. */
const special: Readonly<Record<string, Shape>> = {
  PlatformInput: { kind: "platform" },
  Descriptor: { kind: "any" },
};
/** Types that only say when a value is known, or that nothing changes it. */
const wrappers: readonly string[] = ["pulumi.Input", "pulumi.Output", "OptionalInput", "Readonly"];

/** The form of a type as the sources write it. @throws for a type that inputs do not have. */
export function shapeOf(type: ts.TypeNode, declarations: Declarations): Shape {
  const forms = formsOf(type, declarations);
  return forms.length > 0 ? forms.reduce(joined) : fail(`${type.getText()} never crosses to the provider`);
}

/** The forms of a type; several for a union, none for what never crosses to the provider. */
function formsOf(type: ts.TypeNode, declarations: Declarations): readonly Shape[] {
  if (ts.isUnionTypeNode(type)) return [...type.types].flatMap((part) => formsOf(part, declarations));
  if (ts.isParenthesizedTypeNode(type)) return formsOf(type.type, declarations);
  if (ts.isTypeOperatorNode(type)) return formsOf(type.type, declarations);
  if (ts.isArrayTypeNode(type)) return [{ kind: "list", of: [shapeOf(type.elementType, declarations)] }];
  if (ts.isLiteralTypeNode(type)) return [literal(type)];
  if (ts.isIndexedAccessTypeNode(type)) return [{ kind: "values", values: constantTexts(type, declarations) }];
  if (ts.isTypeReferenceNode(type)) return referred(type, declarations);
  return keywords.get(type.kind) ?? fail(`${type.getText()} is no type of inputs`);
}

const keywords: ReadonlyMap<ts.SyntaxKind, readonly Shape[]> = new Map([
  [ts.SyntaxKind.StringKeyword, [{ kind: "text" }]],
  [ts.SyntaxKind.NumberKeyword, [{ kind: "number" }]],
  [ts.SyntaxKind.BooleanKeyword, [{ kind: "boolean" }]],
  [ts.SyntaxKind.UnknownKeyword, [{ kind: "any" }]],
  [ts.SyntaxKind.UndefinedKeyword, []],
]);

function literal({ literal: value }: ts.LiteralTypeNode): Shape {
  if (ts.isStringLiteral(value)) return { kind: "values", values: [value.text] };
  return value.kind === ts.SyntaxKind.TrueKeyword ? { kind: "true" } : fail(`${value.getText()} is no input`);
}

/** `(typeof azureMethods)[number]`. */
function constantTexts({ objectType }: ts.IndexedAccessTypeNode, declarations: Declarations): readonly string[] {
  const query = ts.isParenthesizedTypeNode(objectType) ? objectType.type : objectType;
  return declarations.texts(ts.isTypeQueryNode(query) ? query.exprName.getText() : query.getText());
}

function referred(type: ts.TypeReferenceNode, declarations: Declarations): readonly Shape[] {
  const name = type.typeName.getText();
  const [first, second] = type.typeArguments ?? [];
  if (name === "Record" && second) return [{ kind: "map", of: [shapeOf(second, declarations)] }];
  if (first && wrappers.includes(name)) return formsOf(first, declarations);
  if (first && name === "NonNullable") return formsOf(first, declarations);
  const known = special[name];
  return known === undefined ? named(name, declarations) : [known];
}

function named(name: string, declarations: Declarations): readonly Shape[] {
  const declared = declarations.type(name);
  if (ts.isTypeAliasDeclaration(declared)) return formsOf(declared.type, declarations);
  const extended = declared.heritageClauses?.map((clause) => clause.getText()).join() ?? "";
  if (ts.isClassDeclaration(declared) || extended.includes("CustomResource")) return flattened(name, declarations);
  return docCommentOf(declared).isNodeOnly ? [] : [{ kind: "object", name: name.replace(/Args$/, "") }];
}

/** A resource crosses as the interface `Flat…` of its name, where there is one, and otherwise as a text or another type of its union. */
function flattened(name: string, declarations: Declarations): readonly Shape[] {
  const flat = declarations.find(`Flat${name}`);
  return flat === undefined ? [] : [{ kind: "object", name: `Flat${name}` }];
}

/** The form of what has one of two forms. */
function joined(one: Shape, other: Shape): Shape {
  if (one.kind === "values" && other.kind === "values")
    return { kind: "values", values: [...new Set([...one.values, ...other.values])] };
  if (one.kind === "list" && other.kind === "list") return { kind: "list", of: [joined(one.of[0], other.of[0])] };
  const forms = [one, other].flatMap((shape) => (shape.kind === "union" ? shape.of : [shape]));
  const [first, ...others] = forms.filter(
    (form, index) => forms.findIndex((earlier) => isSame(earlier, form)) === index,
  );
  if (first === undefined || others.length === 0) return first ?? one;
  return { kind: "union", of: [first, ...others] };
}

function isSame(one: Shape, other: Shape): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
