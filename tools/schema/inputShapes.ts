import type { InputShapes, ObjectShape, ValueShape } from "../../provider/host/inputs/shape";
import type { Member, Model } from "./model";
import type { Shape } from "./shape";

/** Makes the small form of the model, without texts, which check refuses inputs by. */
export function inputShapes({ resources, objects }: Model): InputShapes {
  return {
    resources: Object.fromEntries(
      resources.map(({ name, inputs, outputs }) => [
        name,
        { ...objectShape(inputs), outputs: outputsAlone(inputs, outputs) },
      ]),
    ),
    objects: Object.fromEntries(
      [...objects.values()].map(({ name, members, isInternal }) => [
        name,
        { ...objectShape(members), ...(isInternal && { isInternal }) },
      ]),
    ),
  };
}

/** The text of a module that exports the shapes. */
export function inputShapesModule(shapes: InputShapes): string {
  return [
    "// Written by `npm run schema` from the SDK's sources.",
    'import type { InputShapes } from "./shape";',
    "",
    "/** The inputs of every resource, as they cross to the provider. */",
    `export const inputShapes: InputShapes = ${JSON.stringify(shapes, null, 1)};`,
    "",
  ].join("\n");
}

/** The outputs that no input has the name of. */
function outputsAlone(inputs: readonly Member[], outputs: readonly Member[]): readonly string[] {
  const taken = new Set(inputs.map(({ crossesAs }) => crossesAs));
  return outputs.map(({ name }) => name).filter((name) => !taken.has(name));
}

function objectShape(members: readonly Member[]): ObjectShape {
  const shapes = (wanted: (member: Member) => boolean) =>
    Object.fromEntries(members.filter(wanted).map(({ crossesAs, shape }) => [crossesAs, valueShape(shape)]));
  const renamed = members.filter(({ name, crossesAs }) => name !== crossesAs);
  const internal = shapes(({ isInternal }) => isInternal);
  return {
    required: shapes(({ isInternal, isOptional }) => !isInternal && !isOptional),
    optional: shapes(({ isInternal, isOptional }) => !isInternal && isOptional),
    ...(Object.keys(internal).length > 0 && { internal }),
    ...(renamed.length > 0 && {
      written: Object.fromEntries(renamed.map(({ name, crossesAs }) => [crossesAs, name])),
    }),
  };
}

function valueShape(shape: Shape): ValueShape {
  switch (shape.kind) {
    case "values":
      return { values: shape.values };
    case "list":
      return { list: valueShape(shape.of[0]) };
    case "map":
      return { map: valueShape(shape.of[0]) };
    case "object":
      return { object: shape.name };
    case "union":
      return { union: shape.of.map(valueShape) };
    default:
      return shape.kind;
  }
}
