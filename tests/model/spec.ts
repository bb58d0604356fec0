import { image, index, type Program, ref, use } from "./program";

/**
 * A small program as a few choices, which can be edited and shrunk: up to four images of one file each, and up to two indexes
 * over them. Names that do not fit (an index over an image that has gone) are left out when it is made into a program.
 *
 * Left out so far: ImportedImage, subjects, other registries and other names of one, unknown values, `onConflict`, `lock`,
 * annotations, formats. Every resource has `onUnlist: "untag"`, so that what leaves the program has to leave the registry.
 */
export interface Spec {
  readonly images: readonly ImageSpec[];
  readonly indexes: readonly IndexSpec[];
}

/** One image; its platform goes with its name, so that indexes over several are possible. */
export interface ImageSpec {
  readonly name: "a" | "b" | "c" | "d";
  readonly text: "1" | "2";
  readonly tag: "none" | "t" | "u" | "1.0-linux-amd64";
  readonly repository: "team/app" | "team/lib";
  readonly onDelete: OnDelete;
}

/** One index. */
export interface IndexSpec {
  readonly name: "x" | "y";
  readonly tags: readonly ("1.0" | "2.0")[];
  readonly images: readonly ImageSpec["name"][];
  /** Whether its images are given as resources or by `ref`. */
  readonly by: "resource" | "ref";
  readonly childTag: boolean;
  readonly onDelete: OnDelete;
}

type OnDelete = "untag" | "delete";

/** `a` and `d` are twins when they have the same text. */
const platforms = { a: "linux/amd64", b: "linux/arm64", c: "linux/arm/v7", d: "linux/amd64" } as const;

/** The program that the choices stand for. */
export function programOf({ images, indexes }: Spec): Program {
  const distinct = uniqueByName(images);
  const declared = distinct.map((spec) => {
    const { name, text, tag, repository, onDelete } = spec;
    const more = { platform: platforms[name], repository, onDelete, onUnlist: "untag" };
    return { spec, declared: image(name, text, { ...more, ...(tag !== "none" && { tag }) }) };
  });
  const made = uniqueByName(indexes).flatMap(({ name, tags, images: names, by, childTag, onDelete }) => {
    const listed = declared.filter(({ spec }) => names.includes(spec.name));
    if (listed.length === 0) return [];
    const more = { onDelete, onUnlist: "untag", ...(childTag && { childTag: "{tag}-{os}-{arch}" }) };
    const references = listed.map((one) => (by === "ref" ? ref : use)(one.declared));
    return [index(name, [...new Set(tags)], references, more)];
  });
  return [...declared.map((one) => one.declared), ...made];
}

function uniqueByName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return items.filter(({ name }, place) => items.findIndex((other) => other.name === name) === place);
}
