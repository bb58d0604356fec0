import { posix } from "node:path";
import { ProviderError } from "../errors";

/** What an ignore file leaves out of a build's context. */
export interface IgnoreRule {
  /** Whether a path is left out. It is relative to the context, with slashes. */
  ignores(path: string): boolean;
  /** Whether something in a folder that is left out may be taken in again. */
  readonly hasExceptions: boolean;
}

interface Pattern {
  readonly isException: boolean;
  readonly regularExpression: RegExp;
}

/**
 * Reads a `.dockerignore`. The last pattern that matches a path, or a folder that it is in, decides; one that begins with `!`
 * takes the path in again. As docker does, and unlike git, every pattern is anchored at the context's root, and `**` stands
 * for any number of folders.
 * @param file - its text, and its name for messages.
 * @param before - patterns that stand before the file's own.
 * @throws ERR_INPUT_INVALID, with the line, for a pattern that docker refuses.
 * @see https://docs.docker.com/build/concepts/context/#dockerignore-files
 * @see https://github.com/moby/patternmatcher/blob/v0.6.0/patternmatcher.go
 */
export function parseDockerIgnore(
  { name, text }: { readonly name: string; readonly text: string },
  before: readonly string[] = [],
): IgnoreRule {
  const lines = text.replace(/^\ufeff/, "").split("\n");
  const patterns = [
    ...before.flatMap((line) => parseLine(line, name)),
    ...lines.flatMap((line, index) => parseLine(line, `${name}:${index + 1}`)),
  ];
  return {
    ignores(path) {
      const lineage = pathsTo(path);
      const decisive = patterns.findLast(({ regularExpression }) => lineage.some((one) => regularExpression.test(one)));
      return decisive !== undefined && !decisive.isException;
    },
    hasExceptions: patterns.some(({ isException }) => isException),
  };
}

/** The path itself and every folder that it is in. */
function pathsTo(path: string): readonly string[] {
  const segments = path.split("/");
  return segments.map((_, index) => segments.slice(0, index + 1).join("/"));
}

function parseLine(line: string, place: string): readonly Pattern[] {
  // A comment begins in the first column; one that is indented is a pattern.
  const text = line.startsWith("#") ? "" : line.trim();
  if (text === "") return [];
  const isException = text.startsWith("!");
  const pattern = isException ? text.slice(1).trim() : text;
  if (pattern === "") throw refused(place, text);
  const clean = posix
    .normalize(pattern)
    .replace(/(?<=.)\/$/, "")
    .replace(/^\/(?=.)/, "");
  try {
    return [{ isException, regularExpression: new RegExp(`^${translate(clean)}$`, "su") }];
  } catch (cause) {
    throw refused(place, text, cause);
  }
}

// `**` with the slash after it, one wildcard, a class, an escaped character, or any other one.
const token = /\*\*\/?|\*|\?|\[(?:\\.|[^\\\]])*\]|\\.|./gsu;

function translate(pattern: string): string {
  return pattern.replace(token, (found, offset: number) => {
    if (found.startsWith("**")) return offset + found.length === pattern.length ? ".*" : "(?:.*/)?";
    if (found === "*") return "[^/]*";
    if (found === "?") return "[^/]";
    // A class that does not end stays as it is, and makes the expression one that is refused.
    if (found.startsWith("[")) return found.replace(/\\(.)/gsu, (_, character: string) => escaped(character));
    return escaped(found.replace(/^\\(?=.)/su, ""));
  });
}

function escaped(character: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(character) ? `\\x${character.charCodeAt(0).toString(16)}` : character;
}

function refused(place: string, text: string, cause?: unknown): ProviderError<"ERR_INPUT_INVALID"> {
  const message = `${place}: ${JSON.stringify(text)} is not a pattern that docker takes. Correct it.`;
  return new ProviderError("ERR_INPUT_INVALID", message, { path: place }, { cause });
}
