import assert from "node:assert/strict";
import { binaryFor, earlierArm64Binary } from "../support/images";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { onOneRegistry } from "../support/registries";
import { downloadedDigest, headDigest, tagsOf } from "./clients";
import {
  markedProperties,
  plannedStep,
  plannedSteps,
  resourceCounts,
  type Step,
  shownOutput,
  succeeding,
} from "./plan";
import { serverProgram } from "./programs";

const repository = "team/server";
const images = ["server-linux/amd64", "server-linux/arm64"];

onOneRegistry("a stack", (registry) => {
  describe("from its first preview to its first change", function () {
    this.timeout(180_000);
    let stack: Stack;
    let plan: ReadonlyMap<string, Step>;
    let tagsAfterPreview: readonly string[] | undefined;
    let first: CommandResult;
    let second: CommandResult;
    let changed: CommandResult;

    before(async () => {
      const { address } = registry();
      stack = await createStack({ program: serverProgram({ address }) });
      plan = plannedSteps(await succeeding(stack.preview({ json: true })));
      tagsAfterPreview = await tagsOf(registry(), repository);
      first = await succeeding(stack.up());
      second = await succeeding(stack.up());
      const binaries = { "linux/amd64": binaryFor("linux/amd64"), "linux/arm64": earlierArm64Binary() };
      await stack.setProgram(serverProgram({ address, binaries }));
      changed = await succeeding(stack.preview({ diff: true }));
    });
    after(() => stack.dispose());

    const planned = (name: string) => String(plannedStep(plan, name).inputs["digest"]);

    it("pushes nothing in a preview", () => {
      assert.equal(tagsAfterPreview, undefined);
    });

    it("shows in the first update the reference that the preview's digest makes", () => {
      assert.equal(shownOutput(first, "ref"), `${registry().address}/${repository}@${planned("server")}`);
    });

    for (const tag of ["1.4.0", "latest"]) {
      it(`puts under ${tag} the index that the preview announced`, async () => {
        assert.equal(await headDigest(registry(), repository, tag), planned("server"));
      });
    }

    for (const image of images) {
      it(`pushes the manifest of ${image} that the preview announced`, async () => {
        assert.equal(await headDigest(registry(), repository, planned(image)), planned(image));
      });
    }

    for (const name of ["server", ...images]) {
      it(`announces the digest of the bytes that another client downloads for ${name}`, async () => {
        assert.equal(await downloadedDigest(registry(), repository, planned(name)), planned(name));
      });
    }

    it("lists in the index the images that the preview announced", () => {
      const platforms = { "linux/amd64": planned("server-linux/amd64"), "linux/arm64": planned("server-linux/arm64") };
      assert.deepEqual(plannedStep(plan, "server").inputs["platforms"], platforms);
    });

    it("finds nothing to do in a second update", () => {
      assert.deepEqual(resourceCounts(second), ["5 unchanged"]);
    });

    it("marks on the index, after one binary changed, nothing but that platform", () => {
      const marked = ["digest", "images", "[1]", "descriptor", "digest", "platforms", "linux/arm64"];
      assert.deepEqual(markedProperties(changed, "MultiArchImage"), marked);
    });

    it("leaves the other platform's image alone", () => {
      assert.deepEqual(resourceCounts(changed), ["~ 2 to update", "3 unchanged"]);
    });
  });
});
