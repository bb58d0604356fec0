import assert from "node:assert/strict";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { startProcess } from "../../support/context";
import { forEachDistribution, forEachRegistry } from "../../support/registries";
import { multiArchImage, platformImage, type Resource } from "./engine";
import { faultProxy } from "./faultProxy";
import { newTestRepository, type TestRepository } from "./repository";
import { scripts } from "./scripts";
import { seedIndex } from "./seed";

forEachRegistry('destroying with onDelete: "delete"', (registry) => {
  const files = scripts();
  let repository: TestRepository;
  let source: TestRepository;
  beforeEach(() => {
    repository = newTestRepository(registry());
    source = newTestRepository(registry());
  });

  /** An index over one image that it brought along from another repository and one that was there. */
  async function existing() {
    const foreign = await source.image("linux/amd64");
    const own = await repository.image("linux/arm64");
    const images = [`${registry().address}/${source.name}@${foreign.digest}`, `@${own.digest}`];
    const program = { ...repository.target, tags: ["1.0"], images, onDelete: "delete" };
    const index = multiArchImage();
    const { digest } = await index.up(program);
    return { index, program, digest: String(digest), foreign, own };
  }

  it("removes the index and the images that it brought along, and only those", async () => {
    const { index, digest, foreign, own } = await existing();
    await index.destroy();
    const left = await Promise.all([digest, foreign.digest, own.digest].map((one) => repository.digestAt(one)));
    assert.deepEqual(left, [undefined, undefined, own.digest]);
    assert.equal(await source.digestAt(foreign.digest), foreign.digest);
  });

  it("keeps an index that another tag names", async () => {
    const { index, digest, foreign } = await existing();
    await repository.tag("pinned", digest);
    await index.destroy();
    assert.equal(await repository.digestAt("pinned"), digest);
    assert.equal(await repository.digestAt(foreign.digest), foreign.digest);
  });

  it("keeps an image that another tagged index lists", async () => {
    const { index, digest, foreign } = await existing();
    await seedIndex(registry().address, repository.name, [foreign], "other");
    await index.destroy();
    assert.equal(await repository.digestAt(digest), undefined);
    assert.equal(await repository.digestAt(foreign.digest), foreign.digest);
  });

  it("keeps an index that was there before it", async () => {
    const { index, digest, program } = await existing();
    const second = multiArchImage("second");
    await second.up({ ...program, tags: ["2.0"] });
    await repository.tag("1.1", digest);
    await second.destroy();
    assert.equal(await repository.digestAt("1.0"), digest);
    await index.destroy();
    assert.equal(await repository.digestAt("1.1"), digest);
  });

  it("removes what earlier versions of the resource pushed, which no update did", async () => {
    const { index, program, digest } = await existing();
    await index.up({ ...program, annotations: { a: "b" } });
    assert.equal(await repository.digestAt(digest), digest);
    await index.destroy();
    assert.equal(await repository.digestAt(digest), undefined);
  });

  it("keeps everything, with a warning, when an index under a tag cannot be read any more", async () => {
    const { index, digest } = await existing();
    const process = startProcess();
    const { context } = process;
    const blind: typeof context.registry = (connection) => {
      const client = context.registry(connection);
      const repositoryOf = (name: string) => ({
        ...client.repository(name),
        listTags: () => Promise.reject(new Error("429 TOOMANYREQUESTS")),
      });
      return { ...client, repository: repositoryOf };
    };
    await index.destroy({ ...process, context: { ...context, registry: blind } });
    assert.equal(await repository.digestAt(digest), digest);
    assert.match(process.warnings.join(), /kept the manifests in .*429/);
  });

  it("keeps everything, with a warning, when something in front of the registry says 404 to the list of tags", async () => {
    const proxy = await faultProxy(registry().address);
    const image = await repository.image("linux/amd64");
    const target = { registry: { address: proxy.address }, repository: repository.name };
    const index = multiArchImage();
    const { digest } = await index.up({ ...target, tags: ["1.0"], images: [`@${image.digest}`], onDelete: "delete" });
    await repository.tag("pinned", String(digest));
    proxy.fail((_, path) => (path.includes("/tags/list") ? { status: 404 } : undefined));
    const process = startProcess();
    await index.destroy(process);
    await proxy.stop();
    assert.equal(await repository.digestAt("pinned"), digest);
    assert.match(process.warnings.join(), /kept the manifests in .*404 Not Found.*NAME_UNKNOWN/);
  });

  it("is announced in preview where two resources without a tag are one manifest, naming both, until nothing changes", async () => {
    const program = { ...repository.target, platform: "linux/amd64", source: files.source(), onDelete: "delete" };
    const twins = [platformImage("one"), platformImage("other")];
    const warningsOf = async (more: object) => {
      const process = startProcess();
      for (const twin of twins) await twin.preview({ ...program, ...more }, process);
      return process.warnings;
    };
    assert.match(
      (await warningsOf({})).join(),
      /PlatformImage one and PlatformImage other are the same manifest, .*@sha256:/,
    );
    assert.deepEqual(await warningsOf({ onDelete: "untag" }), []);
    for (const twin of [...twins].reverse()) {
      await twin.up(program);
      assert.equal((await warningsOf({})).length, twin === twins[1] ? 1 : 0);
    }
    assert.deepEqual(await warningsOf({}), []);
  });

  it("of a PlatformImage removes the image that it pushed", async () => {
    const image = platformImage();
    const program = { ...repository.target, tag: "amd64", platform: "linux/amd64", source: files.source() };
    const { digest } = await image.up({ ...program, onDelete: "delete" });
    await image.destroy();
    assert.equal(await repository.digestAt(String(digest)), undefined);
  });

  it("of a PlatformImage keeps an image that another tag names", async () => {
    const image = platformImage();
    const program = { ...repository.target, tag: "amd64", platform: "linux/amd64", source: files.source() };
    const { digest } = await image.up({ ...program, onDelete: "delete" });
    await repository.tag("pinned", String(digest));
    await image.destroy();
    assert.deepEqual([await repository.tags(), await repository.digestAt("pinned")], [["pinned"], digest]);
  });

  it("of a PlatformImage keeps an image that a tagged index lists", async () => {
    const image = platformImage();
    const program = { ...repository.target, platform: "linux/amd64", source: files.source(), onDelete: "delete" };
    const { digest, descriptor } = await image.up(program);
    const flat = { descriptor, attestationManifests: [], address: registry().address, repository: repository.name };
    await multiArchImage().up({ ...repository.target, tags: ["1.0"], images: [flat] });
    await image.destroy();
    assert.equal(await repository.digestAt(String(digest)), digest);
  });
});

forEachDistribution(
  "destroying where the registry deletes nothing",
  () => ({ deletes: false }),
  (registry) => {
    const files = scripts();
    let repository: TestRepository;
    beforeEach(() => {
      repository = newTestRepository(registry());
    });

    const kinds: readonly (readonly [kind: string, onDelete: string, push: () => Promise<Resource>])[] = [
      ["an index", "untag", () => pushedIndex({ onDelete: "untag" })],
      ["an index", "delete", () => pushedIndex({ onDelete: "delete" })],
      ["a PlatformImage", "delete", () => pushedImage({ onDelete: "delete" })],
    ];

    async function pushedIndex(more: PropertyBag): Promise<Resource> {
      const image = await repository.image("linux/amd64");
      const index = multiArchImage();
      await index.up({ ...repository.target, tags: ["1.0"], images: [`@${image.digest}`], ...more });
      return index;
    }

    async function pushedImage(more: PropertyBag): Promise<Resource> {
      const image = platformImage();
      const source = files.source();
      await image.up({ ...repository.target, tag: "1.0", platform: "linux/amd64", source, ...more });
      return image;
    }

    for (const [kind, onDelete, push] of kinds) {
      it(`loses nothing of ${kind} with onDelete: "${onDelete}", leaves no other tag, and warns`, async () => {
        const resource = await push();
        const digest = resource.kept?.outputs["digest"];
        const process = startProcess();
        await resource.destroy(process);
        assert.deepEqual([await repository.tags(), await repository.digestAt("1.0")], [["1.0"], digest]);
        assert.match(process.warnings[0] ?? "", /^kept .*:1\.0: /);
      });
    }

    it('keeps a manifest without tags with onDelete: "delete", and warns', async () => {
      const index = await pushedIndex({ tags: [], onDelete: "delete" });
      const digest = String(index.kept?.outputs["digest"]);
      const process = startProcess();
      await index.destroy(process);
      assert.equal(await repository.digestAt(digest), digest);
      assert.match(process.warnings.join(), /^kept the manifests in .*405/);
    });
  },
);
