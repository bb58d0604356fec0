import type { Member, Model, ObjectType } from "./model";
import type { Shape } from "./shape";

/** A type, property or resource of Pulumi's package schema. */
type Spec = Readonly<Record<string, unknown>>;

const token = (name: string) => `multiarch:index:${name}`;

/**
 * Makes the package schema that SDKs of every language are generated from. Texts cross best: references in the place of resources.
 * @param about - of package.json.
 * @see https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
 */
export function packageSchema(model: Model, about: { readonly description: string; readonly license: string }): Spec {
  const types = new Map<string, Spec>();
  const writer = createWriter(model, types);
  const resources = model.resources.map(({ name, description, inputs, outputs }) => {
    const crossing = inputs.filter(({ isInternal }) => !isInternal);
    const kept = crossing.filter(({ crossesAs }) => !outputs.some((output) => output.name === crossesAs));
    const spec = {
      description,
      inputProperties: writer.properties(crossing, name),
      requiredInputs: requiredNames(crossing),
      properties: { ...writer.properties(outputs, name), ...writer.properties(kept, name) },
      required: [...requiredNames(outputs), ...requiredNames(kept)],
      aliases: [{ type: `pulumi-nodejs:dynamic/multiarch:${name}` }],
    };
    return [token(name), spec] as const;
  });
  const sorted = [...types].sort(([one], [other]) => (one < other ? -1 : 1));
  return { name: "multiarch", ...about, types: Object.fromEntries(sorted), resources: Object.fromEntries(resources) };
}

function requiredNames(members: readonly Member[]): readonly string[] {
  return members.flatMap(({ crossesAs, isOptional }) => (isOptional ? [] : [crossesAs]));
}

function createWriter(model: Model, types: Map<string, Spec>) {
  const enumNames = namesOfEnums(model);

  function properties(members: readonly Member[], owner: string): Spec {
    return Object.fromEntries(
      members
        .filter(({ isInternal }) => !isInternal)
        .map(({ name, crossesAs, shape, description, isSecret }) => [
          crossesAs,
          { ...typeOf(shape, name, owner), description, ...(isSecret && { secret: true }) },
        ]),
    );
  }

  function typeOf(shape: Shape, name: string, owner: string): Spec {
    switch (shape.kind) {
      case "text":
      case "platform":
        return { type: "string" };
      case "number":
        // A duration may be part of a second; everything else is counted.
        return { type: name.endsWith("Seconds") ? "number" : "integer" };
      case "boolean":
      case "true":
        return { type: "boolean" };
      case "any":
        return { $ref: "pulumi.json#/Any" };
      case "values":
        return enumType(shape.values, name, owner);
      case "list":
        return { type: "array", items: typeOf(shape.of[0], name, owner) };
      case "map":
        return { type: "object", additionalProperties: typeOf(shape.of[0], name, owner) };
      case "object":
        return objectType([objectNamed(model, shape.name)], shape.name);
      case "union":
        return unionType(shape.of, name, owner);
    }
  }

  function enumType(values: readonly string[], name: string, owner: string): Spec {
    const enumName = enumNames(name, owner);
    types.set(token(enumName), { type: "string", enum: values.map((value) => ({ value })) });
    return { $ref: `#/types/${token(enumName)}` };
  }

  /** Several objects become one with all of their members, none of which is required: no generator has unions of more than two. */
  function objectType(alternatives: readonly ObjectType[], name: string): Spec {
    const [only, ...others] = alternatives;
    const members = alternatives.flatMap((alternative) => alternative.members);
    if (!types.has(token(name))) {
      const description =
        others.length === 0 ? only?.description : alternatives.map((one) => `One form: ${one.description}`).join("\n");
      const required = others.length === 0 ? { required: requiredNames(members) } : {};
      types.set(token(name), {});
      types.set(token(name), { type: "object", description, properties: properties(members, name), ...required });
    }
    return { $ref: `#/types/${token(name)}` };
  }

  function unionType(forms: readonly Shape[], name: string, owner: string): Spec {
    const objects = forms
      .flatMap((form) => (form.kind === "object" ? [objectNamed(model, form.name)] : []))
      .filter(({ isInternal }) => !isInternal);
    const [first] = objects;
    const object = first && objectType(objects, objects.length === 1 ? first.name : capitalised(name));
    const others = forms.filter(({ kind }) => kind !== "object").map((form) => typeOf(form, name, owner));
    const types = object ? [...others, object] : others;
    const [one = {}] = types;
    return types.length === 1 ? one : { oneOf: types };
  }

  return { properties };
}

function objectNamed({ objects }: Model, name: string): ObjectType {
  const found = objects.get(name);
  if (found === undefined) throw new Error(`the model has no object ${name}`);
  return found;
}

/** Enumerations are named after their property; where one name has several sets of values, also after what has the property. */
function namesOfEnums({ resources, objects }: Model): (property: string, owner: string) => string {
  const owners = [...resources.map(({ inputs }) => inputs), ...[...objects.values()].map(({ members }) => members)];
  const sets = new Map<string, Set<string>>();
  for (const { name, shape } of owners.flat())
    if (shape.kind === "values") sets.set(name, (sets.get(name) ?? new Set()).add(shape.values.join()));
  return (property, owner) => `${(sets.get(property)?.size ?? 0) > 1 ? owner : ""}${capitalised(property)}`;
}

function capitalised(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
