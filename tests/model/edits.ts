import type { ImageSpec, ImportSpec, IndexSpec, Spec } from "./spec";

/** What a person changes of a program between two commands. `which` counts on from the beginning when there are fewer. */
export type Edit =
  | { readonly edit: "changeImage"; readonly which: number; readonly to: Partial<ImageSpec> }
  | { readonly edit: "changeIndex"; readonly which: number; readonly to: Partial<IndexSpec> }
  | { readonly edit: "changeImport"; readonly which: number; readonly to: Partial<ImportSpec> }
  | { readonly edit: "removeImage" | "removeIndex" | "removeImport"; readonly which: number }
  | { readonly edit: "addImage"; readonly image: ImageSpec }
  | { readonly edit: "addIndex"; readonly index: IndexSpec }
  | { readonly edit: "addImport"; readonly one: ImportSpec }
  | { readonly edit: "moveTo"; readonly address: Spec["address"] }
  | { readonly edit: "swapTags" };

/** The program after an edit. A change of name is a removal and an addition to the engine. */
export function applyEdit(spec: Spec, edit: Edit): Spec {
  const { images, indexes, imports } = spec;
  switch (edit.edit) {
    case "changeImage":
      return { ...spec, images: changed(images, edit.which, edit.to) };
    case "changeIndex":
      return { ...spec, indexes: changed(indexes, edit.which, edit.to) };
    case "changeImport":
      return { ...spec, imports: changed(imports, edit.which, edit.to) };
    case "removeImage":
      return { ...spec, images: without(images, edit.which) };
    case "removeIndex":
      return { ...spec, indexes: without(indexes, edit.which) };
    case "removeImport":
      return { ...spec, imports: without(imports, edit.which) };
    case "addImage":
      return { ...spec, images: [...images, edit.image] };
    case "addIndex":
      return { ...spec, indexes: [...indexes, edit.index] };
    case "addImport":
      return { ...spec, imports: [...imports, edit.one] };
    case "moveTo":
      return { ...spec, address: edit.address };
    case "swapTags":
      return { ...spec, indexes: swapped(indexes) };
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
