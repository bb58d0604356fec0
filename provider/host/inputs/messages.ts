import { memberPath } from "../../resources/properties/readers";
import { fits, takesText } from "./fits";
import { memberShape, namesOf, writtenName } from "./members";
import { nearest } from "./nearest";
import type { ObjectShape, ValueShape } from "./shape";
import { anyOf, bracesOf, foundWords, wordsOf } from "./words";

/** An object that inputs are, or that stands in them. */
export interface Expected {
  /** As messages name it: `a MultiArchImage`, `registry.credentials`. */
  readonly title: string;
  /** `""` for the inputs themselves. */
  readonly path: string;
  /** The forms that it can have. */
  readonly forms: readonly ObjectShape[];
  /** Names that are outputs of it. */
  readonly outputs: readonly string[];
}

const builds =
  "Images are not built here: build it first, for example with `docker buildx build --output type=oci,dest=image.tar`, and give " +
  "{archive: …}; on Azure, AcrBuild builds.";
/** Advice about names that belong to another tool. */
const hints: Readonly<Record<string, string>> = { dockerfile: builds, context: builds, build: builds };

/** The message for a name that no form has. */
export function unknownName(name: string, expected: Expected): string {
  const { title, path, outputs } = expected;
  const isOutput = outputs.includes(name);
  const problem = isOutput
    ? `this is an output of ${title}, which no program sets`
    : `${title} has no ${path === "" ? "input" : "member"} of this name`;
  return `${memberPath(path, name)}: ${problem}. ${remedyForName(name, expected, isOutput)}`;
}

function remedyForName(name: string, { forms }: Expected, isOutput: boolean): string {
  const meant = meantName(name, forms);
  if (meant !== undefined) return `Did you mean ${forms.map((form) => writtenName(form, meant))[0]}?`;
  if (isOutput) return "Take it out.";
  const names = namesOf(forms).map((known) => forms.map((form) => writtenName(form, known))[0] ?? known);
  return hints[name.toLowerCase()] ?? `Take it out, or choose among ${anyOf(names, "and")}.`;
}

/** The name that was meant by one that no form has. */
export function meantName(name: string, forms: readonly ObjectShape[]): string | undefined {
  return nearest(name, namesOf(forms));
}

/** The message for a required member that is missing. */
export function missingName(name: string, form: ObjectShape, { title, path }: Expected): string {
  const wanted = wordsOf(memberShape(form, name) ?? "any");
  return `${memberPath(path, writtenName(form, name))}: ${wanted} is needed, but it is missing. Add it to ${title}.`;
}

/** The message for members of which each is known, but not together. */
export function mixedForms(names: readonly string[], { path, forms }: Expected): string {
  const concerned = forms.filter(({ required }) => names.some((name) => required[name] !== undefined));
  const choices = anyOf((concerned.length > 0 ? concerned : forms).filter(isProposed).map(bracesOf));
  return `${path}: ${anyOf(names, "and")} do not go together; ${choices} is needed. Take out what belongs to another form.`;
}

/** The message for an object that is not complete in any of its forms. */
export function incompleteForm(bag: object, { path, forms }: Expected): string {
  const choices = anyOf(forms.filter(isProposed).map(bracesOf));
  return `${path}: ${choices} is needed, but ${foundWords(bag)}. Add what is missing.`;
}

function isProposed({ isInternal }: ObjectShape): boolean {
  return isInternal !== true;
}

/** The message for a value of the wrong type, or one that is not among those that are allowed. */
export function wrongValue(value: unknown, shape: ValueShape, path: string): string {
  const isOneOf = typeof shape === "object" && "values" in shape;
  const shown = isOneOf && typeof value === "string" ? `it is ${JSON.stringify(value)}` : foundWords(value);
  return `${path}: ${wordsOf(shape)} is needed, but ${shown}. ${remedyForValue(value, shape)}`;
}

function remedyForValue(value: unknown, shape: ValueShape): string {
  if (value === undefined || value === null) return "Give it, or take it out.";
  if (value === "") return "Fill it in, or take it out where it is optional.";
  if (typeof shape === "object" && "values" in shape) {
    const meant = nearest(String(value), shape.values);
    return meant === undefined ? "Write one of these." : `Did you mean ${JSON.stringify(meant)}?`;
  }
  if (typeof shape === "object" && "list" in shape && fits(value, shape.list)) return "Put it in brackets: […].";
  if (Array.isArray(value) && value.length === 1 && fits(value[0], shape)) return "Take the brackets away.";
  if ((shape === "boolean" || shape === "number") && typeof value === "string") return "Write it without quotes.";
  if (takesText(shape) && typeof value === "number") return "Write it in quotes.";
  return typeof shape === "object" && "union" in shape
    ? "Write one of these."
    : `Write ${wordsOf(shape)} in its place.`;
}
