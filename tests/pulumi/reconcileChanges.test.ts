import assert from "node:assert/strict";
import { newTestRepository, type TestRepository } from "../registry/resources/repository";
import type { SeededImage } from "../registry/resources/seed";
import { type CountingProxy, countingProxy } from "../support/countingProxy";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, onOneRegistry, type Registry, startRegistry } from "../support/registries";
import { plannedStep, plannedSteps, resourceCounts, type Step, succeeding } from "./plan";
import { type Declared, declaring, index, type Kept, keptOf, keptResources } from "./resources";

/** What one row is about. */
interface Place {
  readonly name: string;
  readonly ours: TestRepository;
  /** Images of the repository: linux/amd64, linux/arm64, and another one for linux/arm64. */
  readonly images: readonly SeededImage[];
  readonly registry: Pick<Registry, "address">;
  readonly otherRegistry: Registry;
}

interface Row {
  readonly title: string;
  /** What the program says of the index before and after; beside repository, registry, tags and the first two images. */
  before?(place: Place): Declared["args"];
  after(place: Place): Declared["args"];
  /** What the preview is to show of the index. */
  assertPreviewed(step: Step, place: Place, before: Kept): void;
  /** What is to be there after the update. */
  assertDone(place: Place, before: Kept, after: Kept): Promise<void>;
}

const references = ({ images, ours, registry }: Place, ...positions: readonly number[]) =>
  positions.map((position) => `${registry.address}/${ours.name}@${images[position]?.digest}`);
const platformsOf = ({ images }: Place, ...positions: readonly number[]) =>
  Object.fromEntries(
    positions.map((position) => [position === 0 ? "linux/amd64" : "linux/arm64", images[position]?.digest]),
  );
const digestOf = ({ outputs }: Kept) => String(outputs["digest"]);
const isUpdate = ({ op }: Step) => assert.equal(op, "update");
/** The step is an update that changes the digest and leads to these platforms. */
const updatesTo =
  (...positions: readonly number[]) =>
  (step: Step, place: Place, before: Kept) => {
    isUpdate(step);
    assert.notEqual(step.inputs["digest"], digestOf(before));
    assert.deepEqual(step.inputs["platforms"], platformsOf(place, ...positions));
  };
/** `1.0` names the new index, and the one before is still there. */
async function assertMoved({ ours }: Place, before: Kept, after: Kept): Promise<void> {
  assert.equal(await ours.digestAt("1.0"), digestOf(after));
  assert.equal(await ours.digestAt(digestOf(before)), digestOf(before));
}
const tagged = async ({ ours }: Place, ...tags: readonly string[]) =>
  Promise.all(tags.map((tag) => ours.digestAt(tag)));

const rows: readonly Row[] = [
  {
    title: "the registry's address is changed to another registry",
    after: ({ otherRegistry }) => ({ registry: otherRegistry.address }),
    assertPreviewed: ({ op }) => assert.equal(op, "replace"),
    async assertDone(place, before, after) {
      const moved = newTestRepository(place.otherRegistry, place.ours.name);
      assert.equal(await moved.digestAt("1.0"), digestOf(after));
      assert.deepEqual(await tagged(place, "1.0"), [digestOf(before)]);
    },
  },
  {
    title: "the registry's address is changed from localhost to 127.0.0.1",
    after: ({ registry }) => ({ registry: registry.address.replace("localhost", "127.0.0.1") }),
    assertPreviewed: ({ op }) => assert.equal(op, "replace"),
    async assertDone({ ours }, before, after) {
      assert.equal(await ours.digestAt("1.0"), digestOf(before));
      assert.deepEqual(after.outputs["adoptedTags"], ["1.0"]);
    },
  },
  {
    title: "the repository is changed",
    after: ({ ours }) => ({ repository: `${ours.name}/moved` }),
    assertPreviewed: ({ op }) => assert.equal(op, "replace"),
    async assertDone(place, before, after) {
      const moved = newTestRepository(place.registry, `${place.ours.name}/moved`);
      assert.equal(await moved.digestAt("1.0"), digestOf(after));
      assert.deepEqual(await tagged(place, "1.0"), [digestOf(before)]);
    },
  },
  {
    title: 'the repository is changed, with onUnlist: "untag"',
    before: () => ({ onUnlist: "untag" }),
    after: ({ ours }) => ({ repository: `${ours.name}/moved`, onUnlist: "untag" }),
    assertPreviewed: ({ op }) => assert.equal(op, "replace"),
    async assertDone(place, before, after) {
      const moved = newTestRepository(place.registry, `${place.ours.name}/moved`);
      assert.equal(await moved.digestAt("1.0"), digestOf(after));
      assert.deepEqual(await tagged(place, "1.0", digestOf(before)), [undefined, digestOf(before)]);
    },
  },
  {
    title: "a tag is added",
    after: () => ({ tags: ["1.0", "latest"] }),
    assertPreviewed: isUpdate,
    async assertDone(place, before) {
      assert.deepEqual(await tagged(place, "1.0", "latest"), [digestOf(before), digestOf(before)]);
    },
  },
  {
    title: "a tag is dropped",
    before: () => ({ tags: ["1.0", "latest"] }),
    after: () => ({ tags: ["1.0"] }),
    assertPreviewed: isUpdate,
    async assertDone(place, before, after) {
      assert.deepEqual(await tagged(place, "1.0", "latest"), [digestOf(before), digestOf(before)]);
      assert.deepEqual(after.outputs["createdTags"], ["1.0"]);
    },
  },
  {
    title: 'a tag is dropped, with onUnlist: "untag"',
    before: () => ({ tags: ["1.0", "latest"], onUnlist: "untag" }),
    after: () => ({ tags: ["1.0"], onUnlist: "untag" }),
    assertPreviewed: isUpdate,
    async assertDone(place, before) {
      assert.deepEqual(await tagged(place, "1.0", "latest"), [digestOf(before), undefined]);
    },
  },
  {
    title: "the only tag is renamed",
    after: () => ({ tags: ["1.1"] }),
    assertPreviewed: isUpdate,
    async assertDone(place, before, after) {
      assert.deepEqual(await tagged(place, "1.0", "1.1"), [digestOf(before), digestOf(before)]);
      assert.equal(after.id, before.id);
    },
  },
  {
    title: "a platform is added",
    before: (place) => ({ images: references(place, 0) }),
    after: (place) => ({ images: references(place, 0, 1) }),
    assertPreviewed: updatesTo(0, 1),
    assertDone: assertMoved,
  },
  {
    title: "a platform is removed",
    after: (place) => ({ images: references(place, 0) }),
    assertPreviewed: updatesTo(0),
    assertDone: assertMoved,
  },
  {
    title: "the platforms are reordered",
    after: (place) => ({ images: references(place, 1, 0) }),
    assertPreviewed: updatesTo(0, 1),
    assertDone: assertMoved,
  },
  {
    title: "one platform's image is replaced",
    after: (place) => ({ images: references(place, 0, 2) }),
    assertPreviewed: updatesTo(0, 2),
    assertDone: assertMoved,
  },
  {
    title: "the annotations are changed",
    before: () => ({ annotations: { build: "1" } }),
    after: () => ({ annotations: { build: "2" } }),
    assertPreviewed: updatesTo(0, 1),
    async assertDone(place, before, after) {
      await assertMoved(place, before, after);
      assert.deepEqual((await place.ours.documentAt("1.0"))["annotations"], { build: "2" });
    },
  },
  {
    title: "the format is changed",
    before: () => ({ format: "oci" }),
    after: () => ({ format: "docker" }),
    assertPreviewed: updatesTo(0, 1),
    async assertDone(place, before, after) {
      await assertMoved(place, before, after);
      assert.match(String((await place.ours.documentAt("1.0"))["mediaType"]), /docker.*manifest\.list/);
    },
  },
];

onOneRegistry("what the program changes", (tested) => {
  const places = new Map<string, Place>();
  /** The tested one, under a name of this machine. */
  let registry: CountingProxy;
  let otherRegistry: LocalRegistry;
  let stack: Stack;
  let first: ReadonlyMap<string, Kept>;
  let preview: ReadonlyMap<string, Step>;
  let second: ReadonlyMap<string, Kept>;
  let third: CommandResult;

  const placeOf = ({ title }: Row): Place => {
    const place = places.get(title);
    if (!place) throw new Error(`${title} has no place.`);
    return place;
  };
  const argsOf = (row: Row, moment: "before" | "after"): Declared["args"] => {
    const place = placeOf(row);
    const common = { registry: registry.address, repository: place.ours.name, tags: ["1.0"] };
    return { ...common, images: references(place, 0, 1), ...row[moment]?.(place) };
  };
  const programAt = (moment: "before" | "after") =>
    declaring(...rows.map((row) => index(placeOf(row).name, argsOf(row, moment))));

  before(async function () {
    this.timeout(600_000);
    [registry, otherRegistry] = await Promise.all([countingProxy(tested().address), startRegistry({ version: 3 })]);
    for (const [position, row] of rows.entries()) {
      const ours = newTestRepository(registry);
      const docker = row.title.includes("format");
      const platforms = ["linux/amd64", "linux/arm64", "linux/arm64"];
      const images = await Promise.all(platforms.map((platform) => ours.image(platform, { docker })));
      places.set(row.title, { name: `row${position}`, ours, images, registry, otherRegistry });
    }
    stack = await createStack({ program: programAt("before") });
    await succeeding(stack.up());
    first = await keptResources(stack);
    await stack.setProgram(programAt("after"));
    preview = plannedSteps(await succeeding(stack.preview({ json: true })));
    await succeeding(stack.up());
    second = await keptResources(stack);
    third = await succeeding(stack.up());
  });
  after(async function () {
    this.timeout(600_000);
    await stack.dispose();
    await Promise.all([registry.stop(), otherRegistry.stop()]);
  });

  for (const row of rows) {
    it(row.title, async () => {
      const place = placeOf(row);
      const before = keptOf(first, place.name);
      const after = keptOf(second, place.name);
      row.assertPreviewed(plannedStep(preview, place.name), place, before);
      assert.equal(plannedStep(preview, place.name).inputs["digest"], digestOf(after));
      await row.assertDone(place, before, after);
    });
  }

  it("the run after a change finds nothing to do", () => {
    assert.deepEqual(resourceCounts(third), [`${rows.length + 1} unchanged`]);
  });
});
