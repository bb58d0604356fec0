import assert from "node:assert/strict";
import { digestOf } from "../../../provider/oci/digest";
import { forEachRegistry } from "../../support/registries";
import { multiArchImage, platformImage } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";
import { scripts } from "./scripts";
import { contentAt, seedAttestation, seedIndex } from "./seed";

forEachRegistry("an up", (registry) => {
  const files = scripts();
  let repository: TestRepository;
  beforeEach(() => {
    repository = newTestRepository(registry());
  });

  async function program(more = {}) {
    const image = await repository.image("linux/amd64");
    return { ...repository.target, tags: ["1.0", "latest"], images: [`@${image.digest}`], ...more };
  }

  it("pushes exactly the index that its preview told", async () => {
    const declared = await program({ annotations: { "org.opencontainers.image.title": "Zwölf" } });
    const index = multiArchImage();
    const { inputs } = await index.preview(declared);
    const outputs = await index.up(declared);
    const content = await contentAt(registry().address, repository.name, "1.0");
    assert.equal(digestOf(content?.bytes ?? new Uint8Array()), inputs["digest"]);
    assert.equal(content?.descriptor.digest, inputs["digest"]);
    assert.equal(content?.descriptor.size, inputs["manifestSize"]);
    assert.equal(outputs["manifest"], new TextDecoder().decode(content?.bytes));
    assert.equal(index.kept?.id, `${registry().address}/${repository.name}:1.0`);
  });

  it("pushes exactly the image that its preview told, and tells what it consists of", async () => {
    const image = platformImage();
    const declared = { ...repository.target, tag: "amd64", platform: "linux/amd64", source: files.source() };
    const { inputs } = await image.preview(declared);
    const { digest, size, layers, configDigest } = await image.up(declared);
    const document = await repository.documentAt("amd64");
    assert.equal(await repository.digestAt("amd64"), inputs["digest"]);
    assert.equal(digest, inputs["digest"]);
    const blobs = [document["config"], ...[document["layers"]].flat()].map((blob) => Object(blob));
    assert.deepEqual(
      [configDigest, ...[layers].flat()],
      blobs.map((blob) => blob.digest),
    );
    assert.equal(
      size,
      blobs.reduce((sum, blob) => sum + blob.size, 0),
    );
  });

  it("keeps the index that was there before, and moves its tags to the new one", async () => {
    const declared = await program();
    const index = multiArchImage();
    const { digest: before } = await index.up(declared);
    const { digest } = await index.up({ ...declared, annotations: { a: "b" } });
    assert.equal(await repository.digestAt("latest"), digest);
    assert.equal(await repository.digestAt(String(before)), before);
    assert.equal(index.kept?.id, `${registry().address}/${repository.name}:1.0`);
  });

  it("leaves a tag that is not listed any more where it is, unmanaged", async () => {
    const declared = await program();
    const index = multiArchImage();
    const { digest } = await index.up(declared);
    const { createdTags } = await index.up({ ...declared, tags: ["latest"], annotations: { a: "b" } });
    assert.deepEqual(await repository.tags(), ["1.0", "latest"]);
    assert.deepEqual([await repository.digestAt("1.0"), createdTags], [digest, ["latest"]]);
    await index.destroy();
    assert.deepEqual(await repository.tags(), ["1.0"]);
  });

  it("takes a tag back that is listed again and stayed where it was left, and removes it at the end", async () => {
    const declared = await program();
    const index = multiArchImage();
    await index.up(declared);
    await index.up({ ...declared, tags: ["latest"] });
    const { createdTags } = await index.up({ ...declared, annotations: { a: "b" } });
    assert.deepEqual(createdTags, ["1.0", "latest"]);
    await index.destroy();
    assert.deepEqual(await repository.tags(), []);
  });

  it("refuses in preview a tag that is listed again and was moved meanwhile", async () => {
    const declared = await program();
    const index = multiArchImage();
    await index.up(declared);
    await index.up({ ...declared, tags: ["latest"] });
    await repository.moveTag("1.0");
    await assert.rejects(index.preview(declared), { code: "ERR_TAG_CONFLICT" });
  });

  it('removes a tag that is not listed any more with onUnlist: "untag", and lets the others live', async () => {
    const declared = await program({ onUnlist: "untag" });
    const index = multiArchImage();
    const { digest } = await index.up(declared);
    const { createdTags } = await index.up({ ...declared, tags: ["latest"] });
    assert.deepEqual(await repository.tags(), ["latest"]);
    assert.equal(await repository.digestAt("latest"), digest);
    assert.deepEqual(createdTags, ["latest"]);
  });

  it("gives the same index another name", async () => {
    const declared = await program({ onUnlist: "untag" });
    const index = multiArchImage();
    const { digest } = await index.up(declared);
    await index.up({ ...declared, tags: ["1.1", "latest"] });
    assert.deepEqual(await repository.tags(), ["1.1", "latest"]);
    assert.equal(await repository.digestAt("1.1"), digest);
    assert.equal((await index.preview({ ...declared, tags: ["1.1", "latest"] })).changes, false);
  });

  it("removes a tag that is not listed any more together with a change of the index", async () => {
    const declared = await program({ onUnlist: "untag" });
    const index = multiArchImage();
    await index.up(declared);
    const { digest } = await index.up({ ...declared, tags: ["latest"], annotations: { a: "b" } });
    assert.deepEqual(await repository.tags(), ["latest"]);
    assert.equal(await repository.digestAt("latest"), digest);
  });

  it("leaves an adopted tag that is not listed any more, and forgets it", async () => {
    const declared = await program({ tags: ["1.0"] });
    await multiArchImage("other").up({ ...declared, tags: ["found"] });
    const index = multiArchImage();
    assert.deepEqual((await index.up({ ...declared, tags: ["1.0", "found"] }))["adoptedTags"], ["found"]);
    const { adoptedTags } = await index.up(declared);
    assert.deepEqual(await repository.tags(), ["1.0", "found"]);
    assert.deepEqual(adoptedTags, []);
  });

  it("tags children by the template, and gives them other tags with the index", async () => {
    const declared = await program({ childTag: "{tag}-{os}-{arch}{variant}", tags: ["1.0"], onUnlist: "untag" });
    const index = multiArchImage();
    await index.up(declared);
    assert.deepEqual(await repository.tags(), ["1.0", "1.0-linux-amd64"]);
    await index.up({ ...declared, tags: ["1.1"] });
    assert.deepEqual(await repository.tags(), ["1.1", "1.1-linux-amd64"]);
  });

  it("moves the tags of children on with the images", async () => {
    const declared = await program({ childTag: "{tag}-{arch}", tags: ["1.0"] });
    const index = multiArchImage();
    await index.up(declared);
    const next = await repository.image("linux/amd64");
    await index.up({ ...declared, images: [`@${next.digest}`] });
    assert.equal(await repository.digestAt("1.0-amd64"), next.digest);
  });

  it("to another repository replaces: the new one is there, the old one's tags stay", async () => {
    const declared = await program();
    const index = multiArchImage();
    await index.up(declared);
    const other = newTestRepository(registry());
    const image = await other.image("linux/amd64");
    await index.up({ ...declared, ...other.target, images: [`@${image.digest}`] });
    assert.deepEqual(
      [await repository.tags(), await other.tags()],
      [
        ["1.0", "latest"],
        ["1.0", "latest"],
      ],
    );
  });

  it('to another repository with onUnlist: "untag" removes the old one\'s tags', async () => {
    const declared = await program({ onUnlist: "untag" });
    const index = multiArchImage();
    await index.up(declared);
    const other = newTestRepository(registry());
    const image = await other.image("linux/amd64");
    const moved = { ...declared, ...other.target, images: [`@${image.digest}`] };
    assert.deepEqual((await index.preview(moved)).replaces, ["repository"]);
    await index.up(moved);
    assert.deepEqual([await repository.tags(), await other.tags()], [[], ["1.0", "latest"]]);
  });

  it('gives a PlatformImage another tag, and with onUnlist: "untag" takes the old one away', async () => {
    const image = platformImage();
    const base = { ...repository.target, platform: "linux/amd64", source: files.source() };
    const declared = { ...base, tag: "a", onUnlist: "untag" };
    const { digest } = await image.up(declared);
    await image.up({ ...declared, tag: "b" });
    assert.deepEqual(await repository.tags(), ["b"]);
    assert.equal(await repository.digestAt("b"), digest);
  });

  it("pushes attestations that a PlatformImage's source has got since, though the image is the same", async () => {
    const source = newTestRepository(registry());
    const built = await source.image("linux/amd64");
    await seedIndex(registry().address, source.name, [built], "built");
    const image = platformImage();
    const declared = {
      ...repository.target,
      platform: "linux/amd64",
      source: { image: `${registry().address}/${source.name}:built` },
    };
    await image.up(declared);
    const attestation = await seedAttestation(registry().address, source.name, built);
    await seedIndex(registry().address, source.name, [built, attestation], "built");
    const { digest } = await image.up(declared);
    assert.equal(digest, built.digest);
    assert.equal(await repository.digestAt(attestation.digest), attestation.digest);
  });
});
