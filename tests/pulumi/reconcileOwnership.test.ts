import assert from "node:assert/strict";
import { newRepository } from "../registry/distribution/content";
import { newTestRepository, type TestRepository } from "../registry/resources/repository";
import { seedIndex } from "../registry/resources/seed";
import { type Layout, makeLayout } from "../support/layouts";
import { createStack, type Stack } from "../support/pulumi";
import { onOneRegistry, type Registry } from "../support/registries";
import { succeeding } from "./plan";
import { type Declared, declaring, image, index, type Kept, keptOf, keptResources } from "./resources";

/** What one row is about. */
interface Place {
  readonly name: string;
  readonly ours: TestRepository;
  /** Another repository, with an image. */
  readonly theirs: TestRepository;
  /** The digest of that image. */
  readonly theirImage: string;
  readonly registry: Registry;
  readonly layout: string;
  /** The digest of the image that is there from the start. */
  readonly child: string;
  /** The digest of the row's resource, as the update left it. */
  digest(): string;
  /** An output of the row's resource, as the last update left it. */
  output(name: string): unknown;
}

interface Row {
  readonly title: string;
  declare(place: Place): Declared;
  /** What others do before the update. */
  prepare?(place: Place): Promise<unknown>;
  /** What others do after it. */
  meddle?(place: Place): Promise<unknown>;
  /** What is to be there, and kept, before the destruction. */
  assertUp?(place: Place): Promise<void>;
  /** What is to be there after the destruction. */
  assertDestroyed(place: Place): Promise<void>;
}

const ownIndex = ({ name, ours, child }: Place, more: object = {}, options?: Declared["options"]) =>
  index(name, { ...ours.target, tags: ["1.0"], images: [`@${child}`], ...more }, options);
const ownImage = ({ name, ours, layout }: Place, more: object = {}, options?: Declared["options"]) =>
  image(name, { ...ours.target, tag: "1.0", platform: "linux/amd64", source: { ociLayout: layout }, ...more }, options);
/** An index with `onDelete: "delete"` over the image of the other repository. */
const copyingIndex = (place: Place) => {
  const { registry, theirs, theirImage } = place;
  return ownIndex(place, { images: [`${registry.address}/${theirs.name}@${theirImage}`], onDelete: "delete" });
};
/** What `1.0` and the row's digest lead to. */
const left = async ({ ours, digest }: Place) => [await ours.digestAt("1.0"), await ours.digestAt(digest())];
const assertLeft = (tag: boolean, manifest: boolean) => async (place: Place) => {
  const digest = place.digest();
  assert.deepEqual(await left(place), [tag ? digest : undefined, manifest ? digest : undefined]);
};
const assertAllLeft = assertLeft(true, true);

const rows: readonly Row[] = [
  {
    title: 'a tag that somebody else holds is taken over with onConflict: "overwrite"',
    prepare: ({ ours }) => ours.moveTag("1.0"),
    declare: (place) => ownIndex(place, { onConflict: "overwrite" }),
    assertUp: assertAllLeft,
    assertDestroyed: assertLeft(false, true),
  },
  {
    title: "a tag that names our very index already is adopted",
    prepare: ({ ours, registry, child }) => seedOurIndex(registry, ours, child),
    declare: (place) => ownIndex(place),
    assertUp: async ({ output }) => assert.deepEqual([output("adoptedTags"), output("createdTags")], [["1.0"], []]),
    assertDestroyed: assertAllLeft,
  },
  {
    title: "an index that exists is read by its id",
    prepare: ({ ours, registry, child }) => seedOurIndex(registry, ours, child),
    declare: (place) => ownIndex(place, {}, { id: `${place.registry.address}/${place.ours.name}:1.0` }),
    assertUp: async ({ ours, output }) => assert.equal(output("digest"), await ours.digestAt("1.0")),
    assertDestroyed: assertAllLeft,
  },
  {
    title: "a PlatformImage that exists is read by its id",
    prepare: ({ ours, child }) => ours.tag("1.0", child),
    declare: (place) => ownImage(place, {}, { id: `${place.registry.address}/${place.ours.name}:1.0` }),
    assertUp: async ({ child, output }) => assert.equal(output("digest"), child),
    assertDestroyed: assertAllLeft,
  },
  {
    title: 'an index with onDelete: "untag" is destroyed',
    declare: (place) => ownIndex(place, { onDelete: "untag" }),
    assertDestroyed: assertLeft(false, true),
  },
  {
    title: 'an index with onDelete: "delete" is destroyed',
    declare: (place) => ownIndex(place, { onDelete: "delete" }),
    async assertDestroyed(place) {
      await assertLeft(false, false)(place);
      assert.equal(await place.ours.digestAt(place.child), place.child);
    },
  },
  {
    title: 'an index with onDelete: "retain" is destroyed',
    declare: (place) => ownIndex(place, { onDelete: "retain" }),
    assertDestroyed: assertAllLeft,
  },
  {
    title: 'a PlatformImage with onDelete: "untag" is destroyed',
    declare: (place) => ownImage(place, { onDelete: "untag" }),
    assertDestroyed: assertLeft(false, true),
  },
  {
    title: 'a PlatformImage with onDelete: "delete" is destroyed',
    declare: (place) => ownImage(place, { onDelete: "delete" }),
    assertDestroyed: assertLeft(false, false),
  },
  {
    title: 'a PlatformImage with onDelete: "retain" is destroyed',
    declare: (place) => ownImage(place, { onDelete: "retain" }),
    assertDestroyed: assertAllLeft,
  },
  {
    title: 'an index with onDelete: "delete" is destroyed while a tag of somebody else names it',
    declare: (place) => ownIndex(place, { onDelete: "delete" }),
    meddle: ({ ours, digest }) => ours.tag("foreign", digest()),
    async assertDestroyed(place) {
      await assertLeft(false, true)(place);
      assert.equal(await place.ours.digestAt("foreign"), place.digest());
    },
  },
  {
    title: 'an index with onDelete: "untag" is destroyed while a tag of somebody else names it',
    declare: (place) => ownIndex(place),
    meddle: ({ ours, digest }) => ours.tag("foreign", digest()),
    async assertDestroyed(place) {
      await assertLeft(false, true)(place);
      assert.equal(await place.ours.digestAt("foreign"), place.digest());
    },
  },
  {
    title: 'an index with onDelete: "delete" that copied its image is destroyed',
    declare: copyingIndex,
    async assertDestroyed(place) {
      const { ours, theirs, theirImage } = place;
      await assertLeft(false, false)(place);
      assert.deepEqual([await ours.digestAt(theirImage), await theirs.digestAt(theirImage)], [undefined, theirImage]);
    },
  },
  {
    title:
      'an index with onDelete: "delete" is destroyed while an index of somebody else lists the image that it copied',
    declare: copyingIndex,
    meddle: ({ ours, registry, theirImage }) => seedOurIndex(registry, ours, theirImage, "foreign"),
    async assertDestroyed({ ours, theirImage }) {
      assert.deepEqual([await ours.digestAt("1.0"), await ours.digestAt(theirImage)], [undefined, theirImage]);
    },
  },
  {
    title: 'a PlatformImage with onDelete: "delete" is destroyed while a tag of somebody else names it',
    declare: (place) => ownImage(place, { onDelete: "delete" }),
    meddle: ({ ours, digest }) => ours.tag("foreign", digest()),
    async assertDestroyed(place) {
      await assertLeft(false, true)(place);
      assert.equal(await place.ours.digestAt("foreign"), place.digest());
    },
  },
  {
    title: 'a PlatformImage with onDelete: "delete" is destroyed while an index of somebody else lists it',
    declare: (place) => ownImage(place, { onDelete: "delete" }),
    meddle: ({ ours, registry, digest }) => seedOurIndex(registry, ours, digest(), "foreign"),
    assertDestroyed: assertLeft(false, true),
  },
  {
    title: "a tag that somebody moved is destroyed",
    declare: (place) => ownIndex(place),
    meddle: ({ ours }) => ours.moveTag("1.0"),
    async assertDestroyed({ ours, digest }) {
      assert.notEqual(await ours.digestAt("1.0"), undefined);
      assert.notEqual(await ours.digestAt("1.0"), digest());
    },
  },
  {
    title: "an index is renamed in the program without an alias",
    declare: (place) => ownIndex(place),
    assertUp: assertAllLeft,
    assertDestroyed: assertAllLeft,
  },
];

const renamed = "an index is renamed in the program without an alias";

onOneRegistry("whose tags and manifests are whose", (registry) => {
  const places = new Map<string, Place>();
  const findings = new Map<string, unknown>();
  let layout: Layout;
  let stack: Stack;
  let kept: ReadonlyMap<string, Kept>;

  const placeOf = ({ title }: Pick<Row, "title">): Place => {
    const place = places.get(title);
    if (!place) throw new Error(`${title} has no place.`);
    return place;
  };
  const programOf = (nameOf: (row: Row) => string) =>
    declaring(...rows.map((row) => ({ ...row.declare(placeOf(row)), name: nameOf(row) })));

  before(async function () {
    this.timeout(600_000);
    layout = makeLayout();
    layout.publish(layout.image({ platform: { os: "linux", architecture: "amd64" } }));
    for (const [position, row] of rows.entries()) {
      const ours = newTestRepository(registry());
      const theirs = newTestRepository(registry());
      const { digest: child } = await ours.image("linux/amd64");
      const { digest: theirImage } = await theirs.image("linux/amd64");
      const name = `row${position}`;
      const output = (property: string) => (kept.get(`${name}-renamed`) ?? keptOf(kept, name)).outputs[property];
      const place = {
        name,
        ours,
        theirs,
        theirImage,
        registry: registry(),
        layout: layout.directory,
        child,
        output,
        digest: () => String(output("digest")),
      };
      places.set(row.title, place);
      await row.prepare?.(place);
    }
    stack = await createStack({ program: programOf((row) => placeOf(row).name) });
    await succeeding(stack.up());
    kept = await keptResources(stack);
    await stack.setProgram(programOf((row) => placeOf(row).name + (row.title === renamed ? "-renamed" : "")));
    await succeeding(stack.up());
    kept = await keptResources(stack);
    for (const row of rows) {
      findings.set(row.title, await row.assertUp?.(placeOf(row)).catch((error: unknown) => error));
      await row.meddle?.(placeOf(row));
    }
    await succeeding(stack.destroy());
  });
  after(async function () {
    this.timeout(600_000);
    await stack.dispose();
    layout.remove();
  });

  for (const row of rows) {
    it(row.title, async () => {
      assert.ifError(findings.get(row.title));
      await row.assertDestroyed(placeOf(row));
    });
  }
});

/** Tags an index as the row's own would be: over one image for linux/amd64 that is there. */
async function seedOurIndex(
  { address }: Registry,
  { name }: TestRepository,
  digest: string,
  tag = "1.0",
): Promise<void> {
  const child = await newRepository(address, name).headManifest(digest);
  if (!child) throw new Error(`There is no ${digest}.`);
  await seedIndex(address, name, [{ ...child, platform: { architecture: "amd64", os: "linux" } }], tag);
}
