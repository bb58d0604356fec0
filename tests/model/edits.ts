import type { ImageSpec, IndexSpec, Spec } from "./spec";

/** What a person changes of a program between two commands. `which` counts on from the beginning when there are fewer. */
export type Edit =
  | { readonly edit: "changeImage"; readonly which: number; readonly to: Partial<ImageSpec> }
  | { readonly edit: "changeIndex"; readonly which: number; readonly to: Partial<IndexSpec> }
  | { readonly edit: "removeImage" | "removeIndex"; readonly which: number }
  | { readonly edit: "addImage"; readonly image: ImageSpec }
  | { readonly edit: "addIndex"; readonly index: IndexSpec }
  | { readonly edit: "swapTags" };

/** The program after an edit. A change of name is a removal and an addition to the engine. */
export function applyEdit({ images, indexes }: Spec, edit: Edit): Spec {
  switch (edit.edit) {
    case "changeImage":
      return { images: changed(images, edit.which, edit.to), indexes };
    case "changeIndex":
      return { images, indexes: changed(indexes, edit.which, edit.to) };
    case "removeImage":
      return { images: without(images, edit.which), indexes };
    case "removeIndex":
      return { images, indexes: without(indexes, edit.which) };
    case "addImage":
      return { images: [...images, edit.image], indexes };
    case "addIndex":
      return { images, indexes: [...indexes, edit.index] };
    case "swapTags":
      return { images, indexes: swapped(indexes) };
  }
}

function changed<T>(items: readonly T[], which: number, to: Partial<T>): readonly T[] {
  return items.map((item, place) => (place === which % items.length ? { ...item, ...to } : item));
}

function without<T>(items: readonly T[], which: number): readonly T[] {
  return items.filter((_, place) => place !== which % items.length);
}

function swapped([first, second, ...others]: readonly IndexSpec[]): readonly IndexSpec[] {
  if (first === undefined || second === undefined) return first ? [first] : [];
  return [{ ...first, tags: second.tags }, { ...second, tags: first.tags }, ...others];
}
