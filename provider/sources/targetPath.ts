import { ProviderError } from "../errors";
import { bytesOfText } from "./byteText";

/** One entry of `source.files` with its place in the image. */
export interface PlacedFile<T> {
  /** The key of `source.files`. */
  readonly target: string;
  /** The target relative to the image's root, without `.` segments and doubled slashes: `usr/bin/server`; empty for the root. */
  readonly name: string;
  /** Whether the target can only be a folder: the root, or a path that ends with a slash. */
  readonly isFolder: boolean;
  readonly file: T;
}

/**
 * Finds the place of each file and folder in the image.
 * @param files - by absolute path inside the image, as `source.files`.
 * @returns sorted by name; all names differ.
 * @throws ERR_INPUT_INVALID with the path `source.files["…"]` of the entry to blame.
 */
export function placeFiles<T>(files: Readonly<Record<string, T>>): readonly PlacedFile<T>[] {
  const placed = new Map<string, PlacedFile<T>>();
  for (const [target, file] of Object.entries(files)) {
    const name = targetName(target);
    const other = placed.get(name);
    if (other !== undefined)
      throw refusedTarget(target, `is the same place as ${JSON.stringify(other.target)}. Leave one of them out.`);
    placed.set(name, { target, name, isFolder: /\/\.?$/.test(target), file });
  }
  return [...placed.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The folders above a name, outermost first: `usr/bin/server` has `usr` and `usr/bin`. */
export function parentNames(name: string): readonly string[] {
  const segments = name.split("/");
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join("/"));
}

/** The path of an entry of `source.files` among the resource's inputs: `source.files["/usr/bin/server"]`. */
export function filePropertyPath(target: string): string {
  return `source.files[${JSON.stringify(target)}]`;
}

/** The longest name of a file, and the longest path, that Linux unpacks; in bytes. */
const longestSegment = 255;
const longestPath = 4095;

/**
 * Refuses names that a layer cannot carry, that no file system can hold, or that a layer would take for something else.
 * @param name - of a file, folder or link, relative, with slashes; apart from these any bytes will do.
 * @returns what is wrong with it, as the rest of a sentence; `undefined` for nothing.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts
 */
export function unfitName(name: string): string | undefined {
  const segments = name.split("/");
  // In a layer such a name deletes a file of the layers below it.
  if (segments.some((segment) => segment.startsWith(".wh.")))
    return "has a segment that starts with `.wh.`, a layer's mark of a deletion. Choose another name.";
  if (segments.some((segment) => bytesOfText(segment).length > longestSegment))
    return `has a segment of more than ${longestSegment} bytes, which no container can unpack. Choose a shorter name.`;
  if (bytesOfText(name).length > longestPath)
    return `has more than ${longestPath} bytes, which no container can unpack. Choose a shorter path.`;
  return undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const unfitCharacters = /[\u0000-\u001f\u007f\\]/;

/** The same for a name that was typed: there, what stands for something else elsewhere is a mistake. */
function unfitTyped(name: string): string | undefined {
  if (unfitCharacters.test(name)) return "holds a backslash or a control character. Write the path with slashes only.";
  if (/[\ud800-\udfff]/u.test(name)) return "holds half of a character. Write the whole one.";
  return unfitName(name);
}

function targetName(target: string): string {
  if (!target.startsWith("/"))
    throw refusedTarget(
      target,
      "is not absolute. Write the path inside the image from its root, for example /usr/bin/server.",
    );
  const segments = target.split("/").filter((segment) => segment !== "" && segment !== ".");
  if (segments.includes("..")) throw refusedTarget(target, "holds a `..` segment. Write the path without it.");
  const problem = unfitTyped(target);
  if (problem !== undefined) throw refusedTarget(target, problem);
  return segments.join("/");
}

/** An ERR_INPUT_INVALID about an entry of `source.files`. @param reason - what is wrong with its target path. */
export function refusedTarget(target: string, reason: string): ProviderError<"ERR_INPUT_INVALID"> {
  const message = `The target path ${JSON.stringify(target)} ${reason}`;
  return new ProviderError("ERR_INPUT_INVALID", message, { path: filePropertyPath(target) });
}
