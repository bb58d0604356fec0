import assert from "node:assert/strict";
import { type ImportPlace, newImportPlace, type SeededIndex } from "../registry/resources/importPlace";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { downloadedDigest } from "./clients";
import { diagnostics, plannedStep, plannedSteps, resourceCounts, type Step, succeeding } from "./plan";
import { type Declared, declaring, imported, type Kept, keptOf, keptResources } from "./resources";

/** One copy of the program, in a repository of its own. */
interface Row extends ImportPlace {
  readonly name: string;
  /** What its source was like at first. */
  readonly first: SeededIndex;
  readonly declared: Declared;
}

const wanted = {
  whole: {},
  moved: {},
  pinned: { follow: false },
  "lost-child": {},
  "moved-tag": {},
  some: { platforms: ["linux/arm64"] },
  untag: { onDelete: "untag" },
  delete: { onDelete: "delete" },
  retain: { onDelete: "retain" },
} as const;

type Name = keyof typeof wanted;

for (const version of [2, 3] as const) {
  describe(`images imported from another registry, on distribution ${version}`, function () {
    this.timeout(600_000);
    const rows = new Map<string, Row>();
    let source: LocalRegistry;
    let registry: LocalRegistry;
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
    let conflict: CommandResult;
    let unapproved: CommandResult;

    const row = (name: Name): Row => {
      const found = rows.get(name);
      if (!found) throw new Error(`There is no ${name}.`);
      return found;
    };
    const declaredRows = () => [...rows.values()].map(({ declared }) => declared);
    const failing = async (more: Declared) => {
      await stack.setProgram(declaring(...declaredRows(), more));
      return stack.preview();
    };

    async function newRow(name: string, more: object): Promise<Row> {
      const place = newImportPlace(registry, source);
      const first = await place.seed();
      return { ...place, name, first, declared: imported(name, place.program({ ...more })) };
    }

    before(async () => {
      [source, registry] = await Promise.all([startRegistry({ version }), startRegistry({ version })]);
      for (const [name, more] of Object.entries(wanted)) rows.set(name, await newRow(name, more));
      stack = await createStack({ program: declaring(...declaredRows()) });
      preview = plannedSteps(await succeeding(stack.preview({ json: true })));
      await succeeding(stack.up());
      kept = await keptResources(stack);
      second = await succeeding(stack.up());
      moved = await row("moved").seed();
      await row("pinned").seed();
      await row("lost-child").ours.deleteManifest(String(row("lost-child").first.images[0]));
      harmed = plannedSteps(await succeeding(stack.preview({ json: true })));
      await succeeding(stack.up());
      movedTag = await row("moved-tag").ours.moveTag("1.0");
      await succeeding(stack.refresh());
      refreshed = await keptResources(stack);
      await succeeding(stack.up());
      repaired = await keptResources(stack);
      last = await succeeding(stack.up());
      const taken = await newRow("conflict", {});
      await taken.ours.moveTag("1.0");
      conflict = await failing(taken.declared);
      const other = await newRow("unapproved", { expectedDigest: `sha256:${"0".repeat(64)}` });
      unapproved = await failing(other.declared);
      await stack.setProgram(declaring(...declaredRows()));
      await succeeding(stack.destroy());
    });
    after(async () => {
      await stack.dispose();
      await Promise.all([source.stop(), registry.stop()]);
    });

    it("have in preview the digest of their source, which they have after the update and for another client", async () => {
      const { first, ours } = row("whole");
      const { digest } = first.index;
      assert.equal(plannedStep(preview, "whole").inputs["digest"], digest);
      assert.equal(keptOf(kept, "whole").outputs["digest"], digest);
      assert.equal(await downloadedDigest(registry, row("retain").ours.name, "1.0"), row("retain").first.index.digest);
      assert.equal(await ours.digestAt(digest), digest);
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

    it("stay with follow: false", () => {
      assert.equal(harmed.has("pinned"), false);
      assert.equal(keptOf(repaired, "pinned").outputs["digest"], row("pinned").first.index.digest);
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
      assert.equal(await downloadedDigest(registry, ours.name, String(digest)), digest);
    });

    it("need nothing more after their repair", () => {
      assert.match(resourceCounts(last).join(), /^\d+ unchanged$/);
    });

    it("are refused in preview where somebody else holds the tag", () => {
      assert.notEqual(conflict.code, 0);
      assert.match(diagnostics(conflict), /tags: the tag \S+:1\.0 is not ours/);
    });

    it("are refused in preview when they are not what was approved", () => {
      assert.notEqual(unapproved.code, 0);
      assert.match(diagnostics(unapproved), /expectedDigest: sha256:0+ was approved/);
    });

    for (const [name, tagLeft, manifestsLeft] of [
      ["untag", false, true],
      ["delete", false, false],
      ["retain", true, true],
    ] as const) {
      it(`leave ${tagLeft ? "the tag" : "no tag"} and ${manifestsLeft ? "the manifests" : "no manifest"} when they are destroyed with onDelete: "${name}"`, async () => {
        const { first, ours } = row(name);
        const { digest } = first.index;
        assert.equal(await ours.digestAt("1.0"), tagLeft ? digest : undefined);
        for (const manifest of [digest, ...first.all])
          assert.equal(await ours.digestAt(manifest), manifestsLeft ? manifest : undefined);
      });
    }
  });
}
