import { ProviderError } from "../errors";

/** One entry of `source.files` with its place in the image. */
export interface PlacedFile<T> {
  /** The key of `source.files`. */
  readonly target: string;
  /** The target relative to the image's root, without `.` segments and doubled slashes: `usr/bin/server`. */
  readonly name: string;
  readonly file: T;
}

/**
 * Finds the place of each file in the image.
 * @param files - by absolute path inside the image, as `source.files`.
 * @returns the files sorted by name; all names differ, and none is a parent of another.
 * @throws ERR_INPUT_INVALID with the path `source.files["…"]` of the entry to blame.
 */
export function placeFiles<T>(files: Readonly<Record<string, T>>): readonly PlacedFile<T>[] {
  const placed = new Map<string, PlacedFile<T>>();
  for (const [target, file] of Object.entries(files)) {
    const name = targetName(target);
    const other = placed.get(name);
    if (other !== undefined)
      throw refused(target, `is the same place as ${JSON.stringify(other.target)}. Leave one of them out.`);
    placed.set(name, { target, name, file });
  }
  for (const { name, target } of placed.values()) {
    const above = parentNames(name).flatMap((parent) => placed.get(parent) ?? [])[0];
    if (above !== undefined)
      throw refused(target, `lies below ${JSON.stringify(above.target)}, which is a file. Move one of them.`);
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

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const unfitCharacters = /[\u0000-\u001f\u007f\\]/;

function targetName(target: string): string {
  if (!target.startsWith("/"))
    throw refused(
      target,
      "is not absolute. Write the path inside the image from its root, for example /usr/bin/server.",
    );
  if (unfitCharacters.test(target))
    throw refused(target, "holds a backslash or a control character. Write the path with slashes only.");
  const segments = target.split("/").filter((segment) => segment !== "" && segment !== ".");
  if (segments.includes("..")) throw refused(target, "holds a `..` segment. Write the path without it.");
  if (segments.length === 0 || /\/\.?$/.test(target))
    throw refused(target, "names a folder. Name the file that the local file becomes.");
  // In a layer such a name deletes a file of the layers below it.
  if (segments.some((segment) => segment.startsWith(".wh.")))
    throw refused(target, "has a segment that starts with `.wh.`, a layer's mark of a deletion. Choose another name.");
  return segments.join("/");
}

function refused(target: string, reason: string): ProviderError<"ERR_INPUT_INVALID"> {
  const message = `The target path ${JSON.stringify(target)} ${reason}`;
  return new ProviderError("ERR_INPUT_INVALID", message, { path: filePropertyPath(target) });
}
