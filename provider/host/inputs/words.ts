import { membersOf } from "./members";
import type { ObjectShape, ValueShape } from "./shape";

const mostMembers = 4;

/** Says what a value of a shape is: `a list of texts`, `{image, registry?}`. */
export function wordsOf(shape: ValueShape): string {
  if (typeof shape === "string") return simpleWords[shape];
  if ("values" in shape) return anyOf(shape.values.map((value) => JSON.stringify(value)));
  if ("list" in shape) return `a list of ${pluralOf(shape.list)}`;
  if ("map" in shape) return `an object whose members are ${pluralOf(shape.map)}`;
  if ("object" in shape) return bracesOf(membersOf(shape.object));
  return anyOf(shape.union.filter(isProposed).map(wordsOf));
}

const simpleWords = {
  text: "a text",
  number: "a number of 0 or more",
  boolean: "true or false",
  true: "true",
  platform: 'a platform such as "linux/arm64"',
  any: "a value",
} as const;

function pluralOf(shape: ValueShape): string {
  if (shape === "text") return "texts";
  if (shape === "platform") return 'platforms such as "linux/arm64"';
  return `values, each ${wordsOf(shape)}`;
}

function isProposed(shape: ValueShape): boolean {
  return typeof shape === "string" || !("object" in shape) || membersOf(shape.object).isInternal !== true;
}

/** An object in braces, `{image, registry?}`; of many members the first. */
export function bracesOf({ required, optional, written = {} }: ObjectShape): string {
  const names = [...Object.keys(required), ...Object.keys(optional).map((name) => `${written[name] ?? name}?`)];
  return `{${[...names.slice(0, mostMembers), ...(names.length > mostMembers ? ["…"] : [])].join(", ")}}`;
}

/** `a`, `a or b`, `a, b or c`. */
export function anyOf(words: readonly string[], conjunction = "or"): string {
  const [last = "", ...others] = [...words].reverse();
  return others.length === 0 ? last : `${others.reverse().join(", ")} ${conjunction} ${last}`;
}

/** Says what was given: never the value of a text, which may be a secret. */
export function foundWords(value: unknown): string {
  if (value === undefined || value === null) return "it is missing";
  if (Array.isArray(value)) return "it is a list";
  if (typeof value === "object") return `it is an object with ${anyOf(Object.keys(value), "and") || "no members"}`;
  if (value === "") return "it is empty";
  return typeof value === "string" ? "it is a text" : `it is ${String(value)}`;
}
