import ts from "typescript";
import { type Declaration, type Declarations, fail } from "./declarations";
import { docCommentOf } from "./docComment";
import { type Shape, shapeOf } from "./shape";

/** A named input or output. */
export interface Member {
  readonly name: string;
  /** The name under which it crosses to the provider. */
  readonly crossesAs: string;
  readonly description: string;
  readonly shape: Shape;
  readonly isOptional: boolean;
  readonly isInternal: boolean;
  readonly isSecret: boolean;
}

/** An object with named members. */
export interface ObjectType {
  readonly name: string;
  readonly description: string;
  readonly isInternal: boolean;
  readonly members: readonly Member[];
}

/** A kind of resource. */
export interface ResourceType {
  readonly name: string;
  readonly description: string;
  readonly inputs: readonly Member[];
  readonly outputs: readonly Member[];
}

/** All that the SDK's sources say of inputs and outputs. */
export interface Model {
  readonly resources: readonly ResourceType[];
  /** Every object that an input leads to, by its name. */
  readonly objects: ReadonlyMap<string, ObjectType>;
}

/** Makes the model of these resources. @throws for a type that inputs do not have. */
export function readModel(declarations: Declarations, resourceNames: readonly string[]): Model {
  const resources = resourceNames.map((name) => {
    const declared = declarations.type(name);
    const inputs = membersOf(declarations.type(`${name}Args`), declarations);
    return { name, ...docOf(declared), inputs, outputs: outputsOf(declared, declarations) };
  });
  const objects = new Map<string, ObjectType>();
  const visit = (shape: Shape) => {
    if ("of" in shape) shape.of.forEach(visit);
    if (shape.kind !== "object" || objects.has(shape.name)) return;
    const declared = declarations.find(`${shape.name}Args`) ?? declarations.type(shape.name);
    const members = membersOf(declared, declarations);
    objects.set(shape.name, { name: shape.name, ...docOf(declared), members });
    for (const member of members) visit(member.shape);
  };
  for (const { inputs, outputs } of resources) for (const member of [...inputs, ...outputs]) visit(member.shape);
  return { resources, objects };
}

function docOf(declared: Declaration) {
  const { description, isInternal } = docCommentOf(declared);
  return { description, isInternal };
}

/** The members of an interface, after those of what it extends. */
function membersOf(declared: Declaration, declarations: Declarations): readonly Member[] {
  if (!ts.isInterfaceDeclaration(declared)) return fail(`${declared.name?.text} is no interface`);
  const bases = (declared.heritageClauses ?? []).flatMap(({ types }) => [...types]);
  const inherited = bases.flatMap((base) => membersOf(declarations.type(base.getText()), declarations));
  return [...declared.members.filter(ts.isPropertySignature).map((node) => memberOf(node, declarations)), ...inherited];
}

/** The members of a resource that are outputs. */
function outputsOf(declared: Declaration, declarations: Declarations): readonly Member[] {
  if (!ts.isClassDeclaration(declared)) return fail(`${declared.name?.text} is no class`);
  return declared.members
    .filter(ts.isPropertyDeclaration)
    .filter(({ type }) => type?.getText().startsWith("pulumi.Output<"))
    .map((node) => memberOf(node, declarations));
}

function memberOf(node: ts.PropertySignature | ts.PropertyDeclaration, declarations: Declarations): Member {
  const name = ts.isStringLiteral(node.name) ? node.name.text : node.name.getText();
  const { description, isInternal, isSecret, crossesAs = name } = docCommentOf(node);
  const type = node.type ?? fail(`${name} has no type`);
  const isOptional = node.questionToken !== undefined || /\| undefined>$/.test(type.getText());
  return { name, crossesAs, description, shape: shapeOf(type, declarations), isOptional, isInternal, isSecret };
}
