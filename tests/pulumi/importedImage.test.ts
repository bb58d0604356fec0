import assert from "node:assert/strict";
import { type ImportPlace, newImportPlace, type SeededIndex } from "../registry/resources/importPlace";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, onOneRegistry, startRegistry } from "../support/registries";
import { downloadedDigest } from "./clients";
import { plannedStep, plannedSteps, resourceCounts, type Step, succeeding } from "./plan";
import { type Declared, declaring, imported, type Kept, keptOf, keptResources } from "./resources";

/** One copy of the program, in a repository of its own. */
interface Row extends ImportPlace {
  /** What its source was like at first. */
  readonly first: SeededIndex;
  readonly declared: Declared;
}

const wanted = {
  whole: {},
  moved: {},
  "lost-child": {},
  "moved-tag": {},
  some: { platforms: ["linux/arm64"] },
  delete: { onDelete: "delete" },
} as const;

type Name = keyof typeof wanted;

onOneRegistry("images imported from another registry", (registry) => {
  const rows = new Map<string, Row>();
  let source: LocalRegistry;
  let stack: Stack;
  let preview: ReadonlyMap<string, Step>;
  let kept: ReadonlyMap<string, Kept>;
  let second: CommandResult;
  let moved: SeededIndex;
  let movedTag: string;
  let harmed: ReadonlyMap<string, Step>;
  let refreshed: ReadonlyMap<string, Kept>;
  let repaired: ReadonlyMap<string, Kept>;
  let last: CommandResult;

  const row = (name: Name): Row => {
    const found = rows.get(name);
    if (!found) throw new Error(`There is no ${name}.`);
    return found;
  };
  before(async function () {
    this.timeout(600_000);
    source = await startRegistry({ version: 2 });
    for (const [name, more] of Object.entries(wanted)) {
      const place = newImportPlace(registry(), source);
      rows.set(name, { ...place, first: await place.seed(), declared: imported(name, place.program(more)) });
    }
    stack = await createStack({ program: declaring(...[...rows.values()].map(({ declared }) => declared)) });
    preview = plannedSteps(await succeeding(stack.preview({ json: true })));
    await succeeding(stack.up());
    kept = await keptResources(stack);
    second = await succeeding(stack.up());
    moved = await row("moved").seed();
    await row("lost-child").ours.deleteManifest(String(row("lost-child").first.images[0]));
    harmed = plannedSteps(await succeeding(stack.preview({ json: true })));
    await succeeding(stack.up());
    movedTag = await row("moved-tag").ours.moveTag("1.0");
    await succeeding(stack.refresh());
    refreshed = await keptResources(stack);
    await succeeding(stack.up());
    repaired = await keptResources(stack);
    last = await succeeding(stack.up());
    await succeeding(stack.destroy());
  });
  after(async function () {
    this.timeout(600_000);
    await stack.dispose();
    await source.stop();
  });

  it("have in preview the digest of their source, which they have after the update and for another client", async () => {
    const { first, ours } = row("whole");
    const { digest } = first.index;
    assert.equal(plannedStep(preview, "whole").inputs["digest"], digest);
    assert.equal(keptOf(kept, "whole").outputs["digest"], digest);
    assert.equal(await downloadedDigest(registry(), ours.name, digest), digest);
  });

  it("need no second update", () => {
    assert.match(resourceCounts(second).join(), /^\d+ unchanged$/);
  });

  it("follow their source's tag, and the preview shows the platforms that changed", () => {
    const { op, inputs } = plannedStep(harmed, "moved");
    const [amd64, arm64] = moved.images;
    assert.deepEqual([op, inputs["platforms"]], ["update", { "linux/amd64": amd64, "linux/arm64": arm64 }]);
    assert.equal(keptOf(repaired, "moved").outputs["digest"], moved.index.digest);
  });

  it("have a lost child shown in preview and brought again", async () => {
    const { first, assertThere } = row("lost-child");
    const gone = String(first.images[0]);
    assert.deepEqual(plannedStep(harmed, "lost-child").inputs["drift"], { [`linux/amd64 (${gone})`]: "gone" });
    await assertThere([gone]);
  });

  it("have a moved tag shown by a refresh, and the next update moves it back", () => {
    assert.deepEqual(keptOf(refreshed, "moved-tag").outputs["drift"], { "1.0": movedTag });
    assert.equal(keptOf(repaired, "moved-tag").outputs["drift"], undefined);
  });

  it("of some platforms have in preview the digest that they get", async () => {
    const { first, ours } = row("some");
    const { digest, platforms } = plannedStep(preview, "some").inputs;
    assert.deepEqual(platforms, { "linux/arm64": first.images[1] });
    assert.notEqual(digest, first.index.digest);
    assert.equal(keptOf(kept, "some").outputs["digest"], digest);
    assert.equal(await downloadedDigest(registry(), ours.name, String(digest)), digest);
  });

  it("need nothing more after their repair", () => {
    assert.match(resourceCounts(last).join(), /^\d+ unchanged$/);
  });

  it('leave neither tag nor manifest when they are destroyed with onDelete: "delete"', async () => {
    const { first, ours } = row("delete");
    for (const name of ["1.0", first.index.digest, ...first.all]) assert.equal(await ours.digestAt(name), undefined);
  });
});
