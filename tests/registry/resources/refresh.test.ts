import assert from "node:assert/strict";
import { forEachRegistry } from "../../support/registries";
import { multiArchImage, platformImage } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";
import { scripts } from "./scripts";
import { seedIndex } from "./seed";

forEachRegistry("refreshing", (registry) => {
  const files = scripts();
  let repository: TestRepository;
  beforeEach(() => {
    repository = newTestRepository(registry());
  });

  async function existing() {
    const amd64 = await repository.image("linux/amd64");
    const arm64 = await repository.image("linux/arm64");
    const images = [amd64, arm64].map(({ digest }) => `@${digest}`);
    const program = { ...repository.target, tags: ["1.0", "latest"], images };
    const index = multiArchImage();
    const { digest } = await index.up(program);
    return { index, program, digest: String(digest), amd64, arm64 };
  }

  async function otherIndex(...tags: readonly string[]) {
    const image = await repository.image("linux/s390x");
    const { digest } = await seedIndex(registry().address, repository.name, [image]);
    for (const tag of tags) await repository.tag(tag, digest);
    return { digest, image };
  }

  it("changes nothing when nothing happened", async () => {
    const { index, program } = await existing();
    const before = index.kept;
    await index.refresh();
    assert.deepEqual(index.kept?.outputs, before?.outputs);
    assert.deepEqual(index.kept?.inputs, before?.inputs);
    assert.equal((await index.preview(program)).changes, false);
  });

  it("shows digest and platforms of the index that all our tags name now, and keeps the tags", async () => {
    const { index } = await existing();
    const other = await otherIndex("1.0", "latest");
    const outputs = await index.refresh();
    assert.equal(outputs?.["digest"], other.digest);
    assert.deepEqual(outputs?.["platforms"], { "linux/s390x": other.image.digest });
    assert.deepEqual(outputs?.["tags"], ["1.0", "latest"]);
    assert.equal("drift" in (outputs ?? {}), false);
  });

  it("then up moves the tags back, and the next preview is clean", async () => {
    const { index, program, digest } = await existing();
    await otherIndex("1.0", "latest");
    await index.refresh();
    const { changes, inputs } = await index.preview(program);
    assert.deepEqual([changes, inputs["digest"]], [true, digest]);
    await index.up(program);
    assert.equal(await repository.digestAt("1.0"), digest);
    assert.equal((await index.preview(program)).changes, false);
  });

  it("shows as drift what only some of our tags name now", async () => {
    const { index, digest } = await existing();
    const other = await otherIndex("latest");
    const outputs = await index.refresh();
    assert.equal(outputs?.["digest"], digest);
    assert.deepEqual(outputs?.["drift"], { latest: other.digest });
  });

  it("then up repairs what it showed as drift, and the next preview is clean", async () => {
    const { index, program, digest } = await existing();
    await otherIndex("latest");
    await index.refresh();
    assert.equal((await index.preview(program)).changes, true);
    await index.up(program);
    assert.equal(await repository.digestAt("latest"), digest);
    assert.equal((await index.preview(program)).changes, false);
  });

  it("shows as drift a child that is gone", async () => {
    const { index, arm64 } = await existing();
    await repository.deleteManifest(arm64.digest);
    const outputs = await index.refresh();
    assert.deepEqual(outputs?.["drift"], { [`linux/arm64 (${arm64.digest})`]: "gone" });
  });

  it("brings a child back that is gone, when it comes from another repository", async () => {
    const source = newTestRepository(registry());
    const { digest } = await source.image("linux/amd64");
    const images = [`${registry().address}/${source.name}@${digest}`];
    const program = { ...repository.target, tags: ["1.0"], images };
    const index = multiArchImage();
    await index.up(program);
    await repository.deleteManifest(digest);
    await index.refresh();
    await index.up(program);
    assert.equal(await repository.digestAt(digest), digest);
    assert.equal((await index.preview(program)).changes, false);
  });

  it("finds the index gone when all tags and the manifest are", async () => {
    const { index, digest } = await existing();
    await repository.deleteManifest(digest);
    assert.equal(await index.refresh(), undefined);
    assert.equal(index.kept, undefined);
  });

  it("finds the index still there as long as its manifest is, without its tags", async () => {
    const { index, program, digest } = await existing();
    const { kept } = index;
    await index.destroy();
    index.kept = kept;
    assert.deepEqual((await index.refresh())?.["drift"], { "1.0": "gone", latest: "gone" });
    await index.up(program);
    assert.equal(await repository.digestAt("latest"), digest);
  });

  it("forgets earlier drift that was repaired outside", async () => {
    const { index, program, digest } = await existing();
    await otherIndex("latest");
    await index.refresh();
    await repository.tag("latest", digest);
    const outputs = await index.refresh();
    assert.equal("drift" in (outputs ?? {}), false);
    assert.equal((await index.preview(program)).changes, false);
  });

  it("tells of a PlatformImage what its tag names now, or that it is gone", async () => {
    const image = platformImage();
    const program = { ...repository.target, tag: "amd64", platform: "linux/amd64", source: files.source() };
    const { digest } = await image.up(program);
    const moved = await repository.moveTag("amd64");
    assert.deepEqual((await image.refresh())?.["drift"], { amd64: moved });
    assert.equal((await image.preview(program)).changes, true);
    await image.up(program);
    assert.equal((await image.preview(program)).changes, false);
    await repository.deleteManifest(String(digest));
    assert.equal(await image.refresh(), undefined);
  });

  it("tells of an index and of an image that others pushed, of which it knows only the tag, and a destroy leaves them", async () => {
    const image = await repository.image("linux/amd64", { tag: "amd64" });
    const { digest } = await seedIndex(registry().address, repository.name, [image], "1.0");
    for (const [read, tag, pushed] of [
      [multiArchImage(), { tags: ["1.0"] }, digest],
      [platformImage(), { tag: "amd64", platform: "linux/amd64" }, image.digest],
    ] as const) {
      const state = { ...repository.target, ...tag };
      read.kept = { id: "", inputs: state, outputs: state };
      assert.equal((await read.refresh())?.["digest"], pushed);
      await read.destroy();
    }
    assert.deepEqual(await repository.tags(), ["1.0", "amd64"]);
  });
});
