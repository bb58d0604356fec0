import { isBag, memberPath } from "../../resources/properties/readers";
import { isUnknown } from "../../resources/properties/unknown";
import { fits, takesText } from "./fits";
import { isAbsent, memberShape, missingNames, objectsOf, writtenName } from "./members";
import { type Expected, incompleteForm, meantName, missingName, mixedForms, unknownName, wrongValue } from "./messages";
import type { ObjectShape, ResourceShape, ValueShape } from "./shape";

type Bag = Readonly<Record<string, unknown>>;

/**
 * Refuses inputs by their names, presence, types and values: by all that the description of the inputs says.
 * @param kind - the resource's, for messages.
 * @param olds - the last checked inputs: results among them are handed back by the option `ignoreChanges`.
 * @returns a sentence or two for each mistake, led by the input's path.
 */
export function inputProblems(kind: string, shape: ResourceShape, inputs: Bag, olds: Bag): readonly string[] {
  const isProgram = (name: string) =>
    memberShape(shape, name) !== undefined || (!name.startsWith("__") && olds[name] === undefined);
  const given = Object.fromEntries(Object.entries(inputs).filter(([name]) => isProgram(name)));
  const title = `${/^[AEIOU]/.test(kind) ? "an" : "a"} ${kind}`;
  return objectProblems(given, { title, path: "", forms: [shape], outputs: shape.outputs });
}

function objectProblems(bag: Bag, expected: Expected): readonly string[] {
  const { forms } = expected;
  const given = Object.keys(bag).filter((name) => !isAbsent(bag[name]));
  const strangers = given.filter((name) => forms.every((form) => memberShape(form, name) === undefined));
  const known = given.filter((name) => !strangers.includes(name));
  const unknown = strangers.map((name) => unknownName(name, expected));
  const fitting = forms.filter((form) => known.every((name) => memberShape(form, name) !== undefined));
  const form = fitting.find((one) => missingNames(one, bag).length === 0) ?? fitting[0];
  if (form === undefined) return [...unknown, mixedForms(known, expected)];
  const missing = missingProblems(bag, form, { ...expected, forms: fitting }, strangers);
  return [...unknown, ...missing, ...known.flatMap((name) => memberProblems(bag[name], name, form, expected))];
}

/** An input that another name was meant for is not missing. */
function missingProblems(
  bag: Bag,
  form: ObjectShape,
  expected: Expected,
  strangers: readonly string[],
): readonly string[] {
  const meant = strangers.map((name) => meantName(name, expected.forms));
  const missing = missingNames(form, bag).filter((name) => !meant.includes(name));
  if (missing.length === 0) return [];
  if (expected.forms.length === 1) return missing.map((name) => missingName(name, form, expected));
  return strangers.length === 0 ? [incompleteForm(bag, expected)] : [];
}

function memberProblems(value: unknown, name: string, form: ObjectShape, { path }: Expected): readonly string[] {
  const shape = memberShape(form, name) ?? "any";
  const member = memberPath(path, writtenName(form, name));
  const isInternal = form.internal?.[name] !== undefined;
  if (value === "" && takesText(shape) && !isInternal) return [wrongValue(value, shape, member)];
  return valueProblems(value, shape, member);
}

/** The mistakes in one value; what is not known yet has none. */
function valueProblems(value: unknown, shape: ValueShape, path: string): readonly string[] {
  if (isUnknown(value)) return [];
  if (typeof shape === "object" && "list" in shape && Array.isArray(value))
    return value.flatMap((item, index) => valueProblems(item, shape.list, memberPath(path, index)));
  if (typeof shape === "object" && "map" in shape && isBag(value))
    return Object.entries(value).flatMap(([key, item]) => valueProblems(item, shape.map, memberPath(path, key)));
  const forms = isBag(value) ? objectsOf(shape) : [];
  if (isBag(value) && forms.length > 0) return objectProblems(value, { title: path, path, forms, outputs: [] });
  return fits(value, shape) ? [] : [wrongValue(value, shape, path)];
}
