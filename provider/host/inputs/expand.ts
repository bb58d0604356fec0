import type { PropertyBag } from "../../resources/properties/bag";
import { isBag } from "../../resources/properties/readers";
import { containsUnknown, isUnknown, unknownValue } from "../../resources/properties/unknown";
import { memberShape, objectsOf } from "./members";
import type { ObjectShape, ValueShape } from "./shape";

/** The objects that a text can stand for, and the member that it then is. */
const standsFor: Readonly<Record<string, string>> = {
  Connection: "address",
  ImageSource: "image",
  ImportSource: "image",
};

/**
 * Writes out the short forms of inputs, so that lifecycles meet the long ones alone: a text in the place of a registry or source, and
 * `:tag` and `@digest` in a source, which refer to the resource's own repository.
 * @param inputs - of the shape's types.
 */
export function expandInputs(shape: ObjectShape, inputs: PropertyBag): PropertyBag {
  const long = expandObject(inputs, [shape]);
  const { source } = long;
  if (!isBag(source)) return long;
  const { base } = source;
  const whole =
    isBag(base) || isOwn(base) ? { ...source, base: expandOwn(isBag(base) ? base : { image: base }, long) } : source;
  return { ...long, source: expandOwn(whole, long) };
}

function expandObject(bag: PropertyBag, forms: readonly ObjectShape[]): PropertyBag {
  const entries = Object.entries(bag).map(([name, value]) => {
    const shape = forms.map((form) => memberShape(form, name)).find((one) => one !== undefined);
    return [name, shape === undefined ? value : expandValue(value, shape)];
  });
  return Object.fromEntries(entries);
}

function expandValue(value: unknown, shape: ValueShape): unknown {
  if (typeof shape === "string" || isUnknown(value)) return value;
  if ("list" in shape) return Array.isArray(value) ? value.map((item) => expandValue(item, shape.list)) : value;
  if (typeof value === "string" && "union" in shape) return expandText(value, shape.union);
  const forms = objectsOf(shape);
  return isBag(value) && forms.length > 0 ? expandObject(value, forms) : value;
}

function expandText(text: string, forms: readonly ValueShape[]): unknown {
  const [member] = forms.flatMap((form) =>
    typeof form === "object" && "object" in form ? (standsFor[form.object] ?? []) : [],
  );
  return member === undefined ? text : { [member]: text };
}

function isOwn(reference: unknown): boolean {
  return typeof reference === "string" && /^[:@]/.test(reference);
}

/** An image of the resource's own repository is on the same registry, and reached as that is. */
function expandOwn(image: PropertyBag, { registry, repository }: PropertyBag): PropertyBag {
  if (!isOwn(image["image"]) || !isBag(registry)) return image;
  const { address } = registry;
  const isKnown = !containsUnknown([address, repository]);
  const reference = isKnown ? `${address}/${repository}${image["image"]}` : unknownValue;
  return { registry, ...image, image: reference };
}
