import assert from "node:assert/strict";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { forEachRegistry } from "../support/registries";
import { crane, headDigest, tagsOf } from "./clients";
import { shownOutput, succeeding } from "./plan";
import { binariesFor, programText } from "./programs";

const body = `
const publish = (name, repository) => {
  const source = { files: { "/usr/bin/server": binaries["linux/arm64"] } };
  const image = new multiarch.PlatformImage(name + "-arm64", { registry: address, repository, platform: "linux/arm64", source });
  return new multiarch.MultiArchImage(name, { registry: address, repository, tags: ["1.4.0", "latest"], images: [image] });
};
exports.digest = publish("server", repository).digest;
publish(name, "team/steady");
`;

forEachRegistry("the tags of a stack", (registry) => {
  describe("over replacement, renaming and destruction", function () {
    this.timeout(180_000);
    let stack: Stack;
    let digest: string;
    let update: CommandResult;
    /** By repository. */
    let afterUpdate: readonly (readonly string[])[];
    let afterDestruction: readonly string[];

    const program = (values: { readonly repository: string; readonly name: string }) =>
      programText({ address: registry().address, binaries: binariesFor("linux/arm64"), ...values }, body);
    const setForeignTag = (repository: string) =>
      crane("tag", `${registry().address}/${repository}@${digest}`, "foreign");
    /** Tags that name the index: distribution goes on listing some that it has removed. */
    const livingTags = async (repository: string) => {
      const tags = (await tagsOf(registry(), repository)) ?? [];
      const digests = await Promise.all(tags.map((tag) => headDigest(registry(), repository, tag)));
      return tags.filter((_, position) => digests[position] === digest);
    };

    before(async () => {
      stack = await createStack({ program: program({ repository: "team/first", name: "old" }) });
      digest = shownOutput(await succeeding(stack.up()), "digest");
      await setForeignTag("team/first");
      await stack.setProgram(program({ repository: "team/second", name: "new" }));
      update = await succeeding(stack.up());
      afterUpdate = await Promise.all(["team/first", "team/second", "team/steady"].map(livingTags));
      await setForeignTag("team/second");
      await succeeding(stack.destroy());
      afterDestruction = await livingTags("team/second");
    });
    after(() => stack.dispose());

    it("are removed from a repository that the resource leaves, but for one that somebody else set", () => {
      assert.deepEqual(afterUpdate[0], ["foreign"]);
    });

    it("are set in the repository to which the resource moves", () => {
      assert.deepEqual(afterUpdate[1], ["1.4.0", "latest"]);
    });

    it("survive that the resource is renamed in the program", () => {
      assert.deepEqual(afterUpdate[2], ["1.4.0", "latest"]);
    });

    it("are then said to be kept, and by whom", () => {
      assert.match(update.stdout, /kept localhost:\d+\/team\/steady:latest: now managed by MultiArchImage new/);
    });

    it("end with the stack, but for one that somebody else set on the same index", () => {
      assert.deepEqual(afterDestruction, ["foreign"]);
    });

    it("leave the index itself behind, by which others may have pinned it", async () => {
      assert.equal(await headDigest(registry(), "team/second", digest), digest);
    });
  });
});
