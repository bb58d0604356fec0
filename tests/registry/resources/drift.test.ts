import assert from "node:assert/strict";
import { forEachRegistry } from "../../support/registries";
import { multiArchImage, platformImage } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";
import { scripts } from "./scripts";

forEachRegistry("drift", (registry) => {
  const files = scripts();
  let repository: TestRepository;
  beforeEach(() => {
    repository = newTestRepository(registry());
  });

  /** An index that exists, over an image under the tag `amd64` of its own repository. */
  async function existing(more = {}) {
    const image = await repository.image("linux/amd64", { tag: "amd64" });
    const program = { ...repository.target, tags: ["1.0", "latest"], images: [":amd64"], ...more };
    const index = multiArchImage();
    const { digest } = await index.up(program);
    return { index, program, digest: String(digest), image };
  }

  it("is not there right after an up", async () => {
    const { index, program } = await existing();
    const { changes, inputs } = await index.preview(program);
    assert.equal(changes, false);
    assert.equal("drift" in inputs, false);
  });

  it("shows in a preview: which tag was moved, and where to", async () => {
    const { index, program } = await existing();
    const moved = await repository.moveTag("latest");
    const { changes, inputs } = await index.preview(program);
    assert.equal(changes, true);
    assert.deepEqual(inputs["drift"], { latest: moved });
  });

  it("shows in a preview: which tag is gone", async () => {
    const { index, program, digest } = await existing();
    await repository.deleteManifest(digest);
    const { inputs } = await index.preview(program);
    assert.deepEqual(inputs["drift"], { "1.0": "gone", latest: "gone" });
  });

  it("shows in a preview: which of two tags is gone", async () => {
    const { index, program } = await existing();
    await repository.deleteManifest(await repository.moveTag("latest"));
    assert.deepEqual((await index.preview(program)).inputs["drift"], { latest: "gone" });
  });

  it("is left alone by a preview and by a refresh", async () => {
    const { index, program } = await existing();
    const moved = await repository.moveTag("latest");
    await index.preview(program);
    await index.refresh();
    assert.equal(await repository.digestAt("latest"), moved);
  });

  it("is not another tag that somebody puts on our index, and that stays", async () => {
    const { index, program, digest } = await existing();
    await repository.tag("foreign", digest);
    assert.equal((await index.preview(program)).changes, false);
    await index.up(program);
    assert.equal(await repository.digestAt("foreign"), digest);
  });

  const harms: Readonly<Record<string, (digest: string) => Promise<unknown>>> = {
    "a tag is moved": () => repository.moveTag("latest"),
    "a tag is gone": async () => repository.deleteManifest(await repository.moveTag("latest")),
    "the index is gone": (digest) => repository.deleteManifest(digest),
  };
  for (const [title, harm] of Object.entries(harms)) {
    it(`is repaired by an up when ${title}, and the next preview is clean`, async () => {
      const { index, program, digest } = await existing();
      await harm(digest);
      const outputs = await index.up(program);
      assert.equal("drift" in outputs, false);
      assert.equal(await repository.digestAt("latest"), digest);
      assert.equal((await index.preview(program)).changes, false);
    });
  }

  it("is never a conflict, not even with a tag that moved together with a change of ours", async () => {
    const { index, program } = await existing();
    await repository.moveTag("latest");
    const { digest } = await index.up({ ...program, annotations: { a: "b" } });
    assert.equal(await repository.digestAt("latest"), digest);
  });

  it("is not what somebody else has done of what we want", async () => {
    const { index, program } = await existing();
    const next = { ...program, annotations: { a: "b" } };
    const other = multiArchImage("other");
    const { digest } = await other.up({ ...next, tags: ["other"] });
    await repository.tag("latest", String(digest));
    assert.equal("drift" in (await index.preview(next)).inputs, false);
  });

  it("of a source tag that moved is a change: its platform shows the new digest", async () => {
    const { index, program } = await existing();
    const image = await repository.image("linux/amd64", { tag: "amd64" });
    const { changes, inputs } = await index.preview(program);
    assert.equal(changes, true);
    assert.deepEqual(inputs["platforms"], { "linux/amd64": image.digest });
    const { digest } = await index.up(program);
    assert.equal(digest, inputs["digest"]);
  });

  it("of a source tag that is gone is an error that names the image", async () => {
    const { index, program, image } = await existing();
    await repository.deleteManifest(image.digest);
    await assert.rejects(index.preview(program), {
      code: "ERR_NOT_FOUND",
      message: /^images\[0\]: .*:amd64 is not there/,
    });
  });

  it('is left to refresh with reconcile: "onRefresh"', async () => {
    const { index, program } = await existing({ reconcile: "onRefresh" });
    const moved = await repository.moveTag("latest");
    assert.equal((await index.preview(program)).changes, false);
    const outputs = await index.refresh();
    assert.deepEqual(outputs?.["drift"], { latest: moved });
    const { digest } = await index.up(program);
    assert.equal(await repository.digestAt("latest"), digest);
    assert.equal((await index.preview(program)).changes, false);
  });

  it("of an index without tags shows when its manifest is gone, and is repaired", async () => {
    const { index, program, digest } = await existing({ tags: [] });
    await repository.deleteManifest(digest);
    assert.deepEqual((await index.preview(program)).inputs["drift"], { [digest]: "gone" });
    await index.up(program);
    assert.equal(await repository.digestAt(digest), digest);
  });

  for (const tag of [undefined, "amd64"]) {
    it(`of a PlatformImage ${tag === undefined ? "without" : "with"} a tag shows when it is gone, and is repaired`, async () => {
      const image = platformImage();
      const program = { ...repository.target, ...(tag && { tag }), platform: "linux/amd64", source: files.source() };
      const { digest } = await image.up(program);
      await repository.deleteManifest(String(digest));
      assert.deepEqual((await image.preview(program)).inputs["drift"], { [tag ?? String(digest)]: "gone" });
      await image.up(program);
      assert.equal(await repository.digestAt(tag ?? String(digest)), digest);
      assert.equal((await image.preview(program)).changes, false);
    });
  }

  it("of a PlatformImage's tag that moved is repaired", async () => {
    const image = platformImage();
    const program = { ...repository.target, tag: "amd64", platform: "linux/amd64", source: files.source() };
    const { digest } = await image.up(program);
    const moved = await repository.moveTag("amd64");
    assert.deepEqual((await image.preview(program)).inputs["drift"], { amd64: moved });
    await image.up(program);
    assert.equal(await repository.digestAt("amd64"), digest);
  });
});
