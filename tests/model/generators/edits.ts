import * as fc from "fast-check";
import type { Edit } from "../edits";
import { address, image, imported, index } from "./programs";

const which = fc.nat(3);

/** An edit of the program. */
export const edits: fc.Arbitrary<Edit> = fc.oneof(
  // The most frequent edits.
  fc.record({ edit: fc.constant("changeImage" as const), which, to: fc.record({ text: fc.constantFrom("1", "2") }) }),
  fc.record({
    edit: fc.constant("changeIndex" as const),
    which,
    to: fc.record({ tags: fc.constantFrom(["1.0"] as const, ["1.0", "2.0"] as const, ["2.0"] as const) }),
  }),
  fc.record({ edit: fc.constant("changeImage" as const), which, to: partly(image) }),
  fc.record({ edit: fc.constant("changeIndex" as const), which, to: partly(index) }),
  fc.record({ edit: fc.constant("changeImport" as const), which, to: partly(imported) }),
  fc.record({
    edit: fc.constantFrom("removeImage" as const, "removeIndex" as const, "removeImport" as const),
    which,
  }),
  fc.record({ edit: fc.constant("addImage" as const), image }),
  fc.record({ edit: fc.constant("addIndex" as const), index }),
  fc.record({ edit: fc.constant("addImport" as const), one: imported }),
  fc.record({ edit: fc.constant("moveTo" as const), address }),
  fc.constant({ edit: "swapTags" as const }),
);

/** One member of a whole. */
function partly<T extends object>(whole: fc.Arbitrary<T>): fc.Arbitrary<Partial<T>> {
  return fc.tuple(whole, fc.nat(59)).map(([all, member]) => {
    const names = Object.keys(all);
    const name = names[member % names.length] ?? "";
    return Object.fromEntries(Object.entries(all).filter(([key]) => key === name)) as Partial<T>;
  });
}
