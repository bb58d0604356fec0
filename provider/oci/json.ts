import { ProviderError } from "../errors";
import { scanJson } from "./jsonScan";
import { quote } from "./quote";

const depthLimit = 32;

/**
 * Parses JSON that somebody else wrote. Objects come without a prototype, so that no key of theirs means anything to the language.
 * @param bytes - the JSON text in UTF-8, without a byte order mark.
 * @param what - what the bytes are, for messages: `manifest localhost:5000/team/server:1.4.0`.
 * @param limit - the largest accepted size in bytes.
 * @throws ERR_CONTENT_TOO_LARGE over the limit.
 * @throws ERR_CONTENT_INVALID for bytes that are not UTF-8 or not JSON, nesting over 32 levels, and a key that the outermost
 * object has twice (readers disagree about which one counts).
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export function parseJson(bytes: Uint8Array, what: string, limit: number): unknown {
  if (bytes.byteLength > limit) {
    const message = `${what} has ${bytes.byteLength} bytes; at most ${limit} are read.`;
    throw new ProviderError("ERR_CONTENT_TOO_LARGE", message, { limit, actual: bytes.byteLength });
  }
  const text = decodeUtf8(bytes, what);
  const { depth, topLevelKeys } = scanJson(text);
  if (depth > depthLimit) throw invalidContent(what, `is nested ${depth} levels deep; at most ${depthLimit} are read`);
  const value = parseText(text, what);
  refuseRepeated(topLevelKeys, what);
  return value;
}

function decodeUtf8(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalidContent(what, "is not UTF-8 text");
  }
}

function parseText(text: string, what: string): unknown {
  try {
    return JSON.parse(text, withoutPrototype);
  } catch {
    // The engine's own error quotes the text, which may hold a credential: it is not passed on, not even as the cause.
    throw invalidContent(what, "is not valid JSON");
  }
}

function withoutPrototype(_key: string, value: unknown): unknown {
  return isObject(value) ? Object.assign(Object.create(null), value) : value;
}

function refuseRepeated(writtenKeys: readonly string[], what: string): void {
  const seen = new Set<unknown>();
  for (const written of writtenKeys) {
    const key: unknown = JSON.parse(written);
    if (seen.has(key)) throw invalidContent(what, `has the key ${quote(String(key))} twice`);
    seen.add(key);
  }
}

/**
 * The error for content that cannot be what it claims to be.
 * @param path - what is wrong, by its path: `manifest localhost:5000/team/server:1.4.0: layers[2].size`.
 * @param problem - the rest of the sentence, without its full stop.
 */
export function invalidContent(path: string, problem: string): ProviderError<"ERR_CONTENT_INVALID"> {
  return new ProviderError("ERR_CONTENT_INVALID", `${path} ${problem}.`, {});
}

/**
 * Takes a value of one type out of unknown JSON.
 * @throws ERR_CONTENT_INVALID naming `path` when it is of another type.
 */
export type JsonReader<T> = (value: unknown, path: string) => T;

/** A JSON object and where it stands. */
export interface JsonObject {
  /** For messages; ends with a colon for the outermost object of some content, then the fields' names follow. */
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Reads an object.
 * @param path - where it stands: `images[1].descriptor`, or `manifest localhost:5000/a:1:` with a colon for a whole content.
 * @throws ERR_CONTENT_INVALID for anything else, arrays and null too.
 */
export function asObject(value: unknown, path: string): JsonObject {
  if (!isObject(value)) throw mistyped(path, "an object", value);
  return { path, fields: value };
}

/** Reads a string, which may be empty. @throws ERR_CONTENT_INVALID for anything else. */
export function asString(value: unknown, path: string): string {
  if (typeof value !== "string") throw mistyped(path, "a string", value);
  return value;
}

/** Reads a whole number from 0 to 2^53 - 1: a size in bytes, a count. @throws ERR_CONTENT_INVALID for anything else. */
export function asSize(value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw mistyped(path, "a whole number, not negative and less than 2^53", value);
  return value;
}

/** The reader of an array of what `read` reads. */
export function arrayOf<T>(read: JsonReader<T>): JsonReader<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw mistyped(path, "an array", value);
    return value.map((item: unknown, index) => read(item, `${path}[${index}]`));
  };
}

/** The reader of an object with any keys, each value of which `read` reads. The result may have an own key `__proto__`. */
export function recordOf<T>(read: JsonReader<T>): JsonReader<Readonly<Record<string, T>>> {
  return (value, path) => {
    const entries = Object.entries(asObject(value, path).fields);
    return Object.fromEntries(entries.map(([key, item]) => [key, read(item, `${path}[${quote(key)}]`)]));
  };
}

/** Reads an object of texts, such as annotations; a `null` among them counts as missing. */
export const asTexts: JsonReader<Readonly<Record<string, string>>> = (value, path) => {
  const texts = recordOf((item, itemPath) => (item === null ? undefined : asString(item, itemPath)))(value, path);
  return Object.fromEntries(Object.entries(texts).flatMap(([key, text]) => (text === undefined ? [] : [[key, text]])));
};

/** Reads a field that may be missing; `null` counts as missing. @throws ERR_CONTENT_INVALID naming its path. */
export function optionalField<T>(object: JsonObject, key: string, read: JsonReader<T>): T | undefined {
  const value = Object.hasOwn(object.fields, key) ? object.fields[key] : undefined;
  return value === undefined || value === null ? undefined : read(value, pathOf(object, key));
}

/** Reads a field that must be there. @throws ERR_CONTENT_INVALID naming its path; `null` counts as missing. */
export function field<T>(object: JsonObject, key: string, read: JsonReader<T>): T {
  const value = optionalField(object, key, read);
  if (value === undefined) throw invalidContent(pathOf(object, key), "is missing");
  return value;
}

/** {@link field} for a string. */
export function stringField(object: JsonObject, key: string): string {
  return field(object, key, asString);
}

/** {@link optionalField} for a string. */
export function optionalString(object: JsonObject, key: string): string | undefined {
  return optionalField(object, key, asString);
}

/** Reads an array; one that is missing or `null` is empty, as Go reads it. @throws ERR_CONTENT_INVALID naming its path. */
export function arrayField<T>(object: JsonObject, key: string, read: JsonReader<T>): readonly T[] {
  return optionalField(object, key, arrayOf(read)) ?? [];
}

function pathOf(object: JsonObject, key: string): string {
  return object.path.endsWith(":") ? `${object.path} ${key}` : `${object.path}.${key}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mistyped(path: string, wanted: string, value: unknown): ProviderError<"ERR_CONTENT_INVALID"> {
  const found = value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
  return invalidContent(path, `must be ${wanted}, but is ${found === "number" ? `the number ${value}` : found}`);
}
