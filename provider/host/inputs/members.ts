import type { ObjectShape, ValueShape } from "./shape";
import { inputShapes } from "./shapes";

/** The members of an object that inputs have. @throws for a name that no object has. */
export function membersOf(object: string): ObjectShape {
  const found = inputShapes.objects[object];
  if (found === undefined) throw new Error(`no input has the form ${object}`);
  return found;
}

/** The objects that a shape allows for. */
export function objectsOf(shape: ValueShape): readonly ObjectShape[] {
  if (typeof shape === "string") return [];
  if ("object" in shape) return [membersOf(shape.object)];
  return "union" in shape ? shape.union.flatMap(objectsOf) : [];
}

/** The shape of a member; `undefined` for a name that the object does not have. */
export function memberShape({ required, optional, internal = {} }: ObjectShape, name: string): ValueShape | undefined {
  return [required, optional, internal].find((members) => Object.hasOwn(members, name))?.[name];
}

/** The names that programs may give, as they cross to the provider. */
export function namesOf(forms: readonly ObjectShape[]): readonly string[] {
  const proposed = forms.filter(({ isInternal }) => isInternal !== true);
  return [
    ...new Set(proposed.flatMap(({ required, optional }) => [...Object.keys(required), ...Object.keys(optional)])),
  ];
}

/** The required members that an object lacks. */
export function missingNames({ required }: ObjectShape, bag: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(required).filter((name) => isAbsent(bag[name]));
}

/** How a program writes a member. */
export function writtenName({ written = {} }: ObjectShape, name: string): string {
  return Object.hasOwn(written, name) ? (written[name] ?? name) : name;
}

/** Whether an input is not given. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}
