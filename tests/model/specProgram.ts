import { type Declared, image, imported, index, type Program, ref, use } from "./program";
import type { Behaviour, ImageSpec, ImportSpec, IndexSpec, Spec } from "./spec";

/** `a` and `d` are twins when they have the same text. */
const platforms = { a: "linux/amd64", b: "linux/arm64", c: "linux/arm/v7", d: "linux/amd64" } as const;

/** An image that is made of choices. */
interface Made {
  readonly spec: ImageSpec;
  readonly declared: Declared;
}

/** The program that the choices stand for. */
export function programOf({ address, images, indexes, imports }: Spec): Program {
  const made: Made[] = [];
  for (const spec of uniqueByName(images)) made.push({ spec, declared: imageOf(spec, address, made) });
  const listing: Declared[] = [];
  for (const spec of uniqueByName(indexes)) listing.push(...indexOf(spec, address, made, listing));
  const copies = uniqueByName(imports).flatMap((spec) => importOf(spec, made, listing));
  return [...made.map(({ declared }) => declared), ...listing, ...copies];
}

function imageOf(spec: ImageSpec, address: string, earlier: readonly Made[]): Declared {
  const { name, text, tag, repository, from } = spec;
  const platform = platforms[name];
  const more = { platform, repository, registry: address, ...behaviourOf(spec), ...(tag !== "none" && { tag }) };
  // A stranger's image is for this platform alone.
  const isTheirs = platform === "linux/amd64";
  const upon = earlier.find((other) => other.declared.inputs["platform"] === platform);
  const source = { image: theirs(text), ...referrersOf(spec) };
  if (from === "copy" && isTheirs) return image(name, "", { ...more, source });
  if (from === "base" && isTheirs) return image(name, text, { ...more, base: theirs(text) });
  if (from === "chain" && upon) return image(name, text, { ...more, base: ref(upon.declared) });
  return image(name, text, more);
}

function indexOf(
  spec: IndexSpec,
  address: string,
  images: readonly Made[],
  earlier: readonly Declared[],
): readonly Declared[] {
  const listed = images.filter((one) => spec.images.includes(one.spec.name));
  const [first] = listed;
  const [before] = earlier.slice(-1);
  const entries = entriesOf(spec, listed, before);
  if (entries.length === 0) return [];
  const isAbout = spec.subject && first?.spec.repository === "team/app";
  const more = {
    registry: address,
    ...behaviourOf(spec),
    ...(spec.childTag && { childTag: "{tag}-{os}-{arch}" }),
    ...(isAbout && { artifactType: "application/x", subject: { use: first.spec.name, output: "digest" } }),
    ...(spec.annotated && { annotations: { name: spec.name } }),
  };
  return [index(spec.name, [...new Set(spec.tags)], entries, more)];
}

function entriesOf({ over, by }: IndexSpec, listed: readonly Made[], before: Declared | undefined): readonly unknown[] {
  if (over === "source") return [theirs("1")];
  if (over === "index" && before) return [ref(before)];
  return listed.map(({ declared }) => {
    if (by === "resource") return use(declared);
    return by === "ref" ? ref(declared) : { later: ref(declared) };
  });
}

function importOf(spec: ImportSpec, images: readonly Made[], indexes: readonly Declared[]): readonly Declared[] {
  const [image] = images;
  const [index] = indexes;
  const { of, name, tags, text, repository, registry } = spec;
  const isTagged = index !== undefined && Array.isArray(index.inputs["tags"]) && index.inputs["tags"].length > 0;
  const sources = {
    source: theirs(text),
    image: image && ref(image.declared),
    index: index && ref(index),
    tag: isTagged ? { use: index.name, output: "tagRef" } : undefined,
  };
  const more = { repository, registry, ...behaviourOf(spec), ...referrersOf(spec) };
  return sources[of] === undefined
    ? []
    : [
        imported(
          name,
          [...new Set(tags)].map((tag) => `${name}${tag}`),
          sources[of],
          more,
        ),
      ];
}

/** An index of an amd64 image that strangers have pushed before the history begins. */
function theirs(text: string): string {
  return `r.example/src/app:${text}`;
}

function behaviourOf({ onDelete, onUnlist, onConflict, reconcile }: Behaviour): Behaviour {
  return { onDelete, onUnlist, onConflict, reconcile };
}

function referrersOf({ copyReferrers }: Pick<ImageSpec, "copyReferrers">) {
  return copyReferrers === "none" ? {} : { copyReferrers };
}

function uniqueByName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return items.filter(({ name }, place) => items.findIndex((other) => other.name === name) === place);
}
