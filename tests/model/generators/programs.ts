import * as fc from "fast-check";
import type { Behaviour, ImageSpec, ImportSpec, IndexSpec, Spec } from "../spec";

/** A value, most often the usual one. */
function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));
}

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  onDelete: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("untag" as const, "delete" as const) },
    fc.constant("retain" as const),
  ),
  onUnlist: mostly<Behaviour["onUnlist"]>("untag", "retain"),
  onConflict: mostly<Behaviour["onConflict"]>("fail", "overwrite"),
  reconcile: mostly<Behaviour["reconcile"]>("onUp", "onRefresh"),
});

const text = fc.constantFrom("1" as const, "2" as const);

/** One image. */
export const image: fc.Arbitrary<ImageSpec> = fc
  .tuple(
    fc.record({
      name: fc.constantFrom("a" as const, "b" as const, "c" as const, "d" as const),
      text,
      from: mostly<ImageSpec["from"]>("file", "base", "copy", "chain"),
      tag: mostly<ImageSpec["tag"]>("none", "t", "u", "1.0-linux-amd64"),
      repository: mostly<ImageSpec["repository"]>("team/app", "team/lib"),
      copyReferrers: mostly<ImageSpec["copyReferrers"]>("none", "direct"),
    }),
    behaviour,
  )
  .map(([own, shared]) => ({ ...own, ...shared }));

/** One index. */
export const index: fc.Arbitrary<IndexSpec> = fc
  .tuple(
    fc.record({
      name: fc.constantFrom("x" as const, "y" as const, "z" as const),
      tags: fc.uniqueArray(fc.constantFrom("1.0" as const, "2.0" as const), { maxLength: 2 }),
      images: fc.uniqueArray(fc.constantFrom("a" as const, "b" as const, "c" as const, "d" as const), {
        minLength: 1,
        maxLength: 3,
      }),
      by: mostly<IndexSpec["by"]>("resource", "ref", "later"),
      over: fc.oneof(
        { weight: 6, arbitrary: fc.constant("images" as const) },
        fc.constantFrom("source" as const, "index" as const),
      ),
      childTag: mostly(false, true),
      subject: mostly(false, true),
      annotated: mostly(false, true),
    }),
    behaviour,
  )
  .map(([own, shared]) => ({ ...own, ...shared }));

/** One import. */
export const imported: fc.Arbitrary<ImportSpec> = fc
  .tuple(
    fc.record({
      name: fc.constantFrom("m" as const, "n" as const),
      tags: fc.uniqueArray(fc.constantFrom("1" as const, "2" as const), { maxLength: 2 }),
      of: fc.constantFrom("source" as const, "image" as const, "index" as const, "tag" as const),
      text,
      repository: mostly<ImportSpec["repository"]>("mirror/app", "team/lib"),
      registry: mostly<ImportSpec["registry"]>("r.example", "alias.example", "other.example"),
      copyReferrers: mostly<ImportSpec["copyReferrers"]>("none", "direct"),
    }),
    behaviour,
  )
  .map(([own, shared]) => ({ ...own, ...shared }));

/** A name of the registry. */
export const address = mostly<Spec["address"]>("r.example", "alias.example");

/** A program. */
export const program: fc.Arbitrary<Spec> = fc.record({
  address,
  images: fc.array(image, { minLength: 1, maxLength: 3 }),
  indexes: fc.array(index, { maxLength: 3 }),
  imports: fc.array(imported, { maxLength: 2 }),
});
