import { hasCode, messageOf, ProviderError } from "../../errors";
import type { PropertyBag } from "./bag";
import { containsUnknown } from "./unknown";

/**
 * Readers of single inputs. Each takes the bag, the input's name in it and the bag's own path (`""` for the resource itself),
 * and throws ERR_INPUT_INVALID with the input's path when the value is of the wrong type.
 */

/** The path of a member: `registry` and `address` give `registry.address`; a name that is no identifier is quoted in brackets. */
export function memberPath(path: string, name: string | number): string {
  if (typeof name === "number") return `${path}[${name}]`;
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

/** An ERR_INPUT_INVALID that leads with the input's path. */
export function inputError(path: string, problem: string, cause?: unknown): ProviderError<"ERR_INPUT_INVALID"> {
  return new ProviderError("ERR_INPUT_INVALID", `${path}: ${problem}`, { path }, { cause });
}

/** Whether a value is a plain object with named members. */
export function isBag(value: unknown): value is PropertyBag {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrongType(bag: PropertyBag, name: string, path: string, wanted: string): never {
  const value = bag[name];
  const found = value === undefined || value === null ? "it is missing" : `it is ${describe(value)}`;
  throw inputError(memberPath(path, name), `${wanted} is needed, but ${found}`);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** A text that must be there and not be empty. */
export function requiredString(bag: PropertyBag, name: string, path = ""): string {
  const value = bag[name];
  return typeof value === "string" && value !== "" ? value : wrongType(bag, name, path, "a text");
}

/** A text, or `undefined` when absent. */
export function optionalString(bag: PropertyBag, name: string, path = ""): string | undefined {
  return isAbsent(bag[name]) ? undefined : requiredString(bag, name, path);
}

/** True or false, or `undefined` when absent. */
export function optionalBoolean(bag: PropertyBag, name: string, path = ""): boolean | undefined {
  const value = bag[name];
  if (isAbsent(value)) return undefined;
  return typeof value === "boolean" ? value : wrongType(bag, name, path, "true or false");
}

/** A number that is not negative, or `undefined` when absent. */
export function optionalNumber(bag: PropertyBag, name: string, path = ""): number | undefined {
  const value = bag[name];
  if (isAbsent(value)) return undefined;
  return typeof value === "number" && value >= 0 ? value : wrongType(bag, name, path, "a number of 0 or more");
}

/** One of the named values, or `fallback` when absent. */
export function choice<T extends string>(
  bag: PropertyBag,
  name: string,
  values: readonly T[],
  fallback: T,
  path = "",
): T {
  const value = bag[name];
  if (isAbsent(value)) return fallback;
  const found = values.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw inputError(memberPath(path, name), `one of ${values.join(", ")} is needed, but it is ${JSON.stringify(value)}`);
}

/** A list, empty when absent. */
export function list(bag: PropertyBag, name: string, path = ""): readonly unknown[] {
  const value = bag[name];
  if (isAbsent(value)) return [];
  return Array.isArray(value) ? value : wrongType(bag, name, path, "a list");
}

/** A list of texts, empty when absent. */
export function stringList(bag: PropertyBag, name: string, path = ""): readonly string[] {
  return list(bag, name, path).map((item, index) => {
    if (typeof item === "string") return item;
    throw inputError(memberPath(memberPath(path, name), index), `a text is needed, but it is ${describe(item)}`);
  });
}

/** An object that must be there. */
export function requiredBag(bag: PropertyBag, name: string, path = ""): PropertyBag {
  const value = bag[name];
  return isBag(value) ? value : wrongType(bag, name, path, "an object");
}

/** An object, or `undefined` when absent. */
export function optionalBag(bag: PropertyBag, name: string, path = ""): PropertyBag | undefined {
  return isAbsent(bag[name]) ? undefined : requiredBag(bag, name, path);
}

/** A map of texts, or `undefined` when absent or empty. */
export function stringMap(bag: PropertyBag, name: string, path = ""): Readonly<Record<string, string>> | undefined {
  const value = optionalBag(bag, name, path);
  if (value === undefined) return undefined;
  const entries = Object.entries(value).map(([key, item]): [string, string] => {
    if (typeof item === "string") return [key, item];
    throw inputError(memberPath(memberPath(path, name), key), `a text is needed, but it is ${describe(item)}`);
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** A map of texts: empty when absent, `undefined` while some of it is not known. */
export function knownMap(bag: PropertyBag, name: string): Readonly<Record<string, string>> | undefined {
  return containsUnknown(bag[name]) ? undefined : (stringMap(bag, name) ?? {});
}

/** Runs a parser that knows nothing of inputs, and gives its error the input's path. */
export function at<T>(path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw hasCode(error, "ERR_INPUT_INVALID") ? error : inputError(path, messageOf(error), error);
  }
}
