import assert from "node:assert/strict";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { type LocalRegistry, startRegistry } from "../../support/registries";
import { multiArchImage, platformImage } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";
import { scripts } from "./scripts";

describe("an index on a registry that does not check what an index lists", () => {
  const files = scripts();
  let registry: LocalRegistry;
  let repository: TestRepository;
  before(async () => {
    registry = await startRegistry({ version: 3, takesIncompleteIndexes: true });
  });
  after(() => registry.stop());
  beforeEach(() => {
    repository = newTestRepository(registry);
  });

  const common = () => ({ ...repository.target, reconcile: "onRefresh" });

  /** A PlatformImage of the repository, in the shape in which the SDK gives it to an index. */
  async function ownImage(): Promise<PropertyBag> {
    const image = await platformImage().up({ ...common(), platform: "linux/amd64", source: files.source() });
    const { descriptor, digest, attestationManifests } = image;
    return { digest, descriptor, attestationManifests, address: registry.address, repository: repository.name };
  }

  /** An index under the tag `a` whose image is purged afterwards. */
  async function harmed(images: readonly unknown[], digest: unknown) {
    const index = multiArchImage();
    const program = { ...common(), tags: ["a"], images };
    await index.up(program);
    await repository.deleteManifest(String(digest));
    return { index, program };
  }

  const changes: readonly (readonly [title: string, change: PropertyBag, tags: readonly string[]])[] = [
    ["a tag that is new", { tags: ["a", "b"] }, ["a"]],
    ["several tags that are new", { tags: ["a", "b", "c"] }, ["a"]],
    ["a tag that moves, because the index changes", { annotations: { build: "2" } }, ["a"]],
  ];
  for (const [title, change, tags] of changes)
    it(`gets no tag while an image in it is missing: ${title}`, async () => {
      const { digest, ...image } = await ownImage();
      const { index, program } = await harmed([image], digest);
      const before = await repository.digestAt("a");
      await assert.rejects(index.up({ ...program, ...change }), (error: Error) => {
        const named = error.message.split(`linux/amd64 (${digest})`).length - 1;
        assert.deepEqual([named, /pulumi up --refresh/.test(error.message)], [1, true], error.message);
        return true;
      });
      assert.deepEqual([await repository.tags(), await repository.digestAt("a")], [tags, before]);
    });

  it("gets no tag when it is new and lists a missing image", async () => {
    const { digest, ...image } = await ownImage();
    await repository.deleteManifest(String(digest));
    const up = multiArchImage().up({ ...common(), tags: ["a"], images: [image] });
    await assert.rejects(up, { code: "ERR_NOT_FOUND" });
    assert.deepEqual(await repository.tags(), []);
  });

  it("gets its new tag after the image is pushed again, as the message says", async () => {
    const image = platformImage();
    const ofImage = { ...common(), platform: "linux/amd64", source: files.source() };
    const { descriptor, digest } = await image.up(ofImage);
    const described = { descriptor, address: registry.address, repository: repository.name };
    const { index, program } = await harmed([described], digest);
    await image.refresh();
    await image.up(ofImage);
    await index.up({ ...program, tags: ["a", "b"] });
    assert.deepEqual(await repository.tags(), ["a", "b"]);
  });

  it("gets its new tag when the missing image is copied from another repository: it is copied again", async () => {
    const theirs = newTestRepository(registry);
    const { digest } = await theirs.image("linux/amd64");
    const { index, program } = await harmed([`${registry.address}/${theirs.name}@${digest}`], digest);
    await index.up({ ...program, tags: ["a", "b"] });
    assert.deepEqual([await repository.tags(), await repository.digestAt(digest)], [["a", "b"], digest]);
  });
});
