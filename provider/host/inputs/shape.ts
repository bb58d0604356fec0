/** The form of an input's value. `platform` is the text or the object; `true` is that value alone. */
export type ValueShape =
  | "text"
  | "number"
  | "boolean"
  | "true"
  | "platform"
  | "any"
  | { readonly values: readonly string[] }
  | { readonly list: ValueShape }
  | { readonly map: ValueShape }
  /** One of {@link InputShapes.objects}. */
  | { readonly object: string }
  | { readonly union: readonly ValueShape[] };

/** Values by the name of the member that has them. */
export type MemberShapes = Readonly<Record<string, ValueShape>>;

/** An object with named members. */
export interface ObjectShape {
  readonly required: MemberShapes;
  readonly optional: MemberShapes;
  /** Members that the SDK adds; messages never propose them. */
  readonly internal?: MemberShapes;
  /** How a program writes a member that crosses under another name. */
  readonly written?: Readonly<Record<string, string>>;
  /** Whether the SDK makes it of a resource; messages never propose it. */
  readonly isInternal?: true;
}

/** The inputs of a resource. */
export interface ResourceShape extends ObjectShape {
  /** The names of its outputs. */
  readonly outputs: readonly string[];
}

/** The inputs of all resources, and the objects in them. */
export interface InputShapes {
  readonly resources: Readonly<Record<string, ResourceShape>>;
  readonly objects: Readonly<Record<string, ObjectShape>>;
}
