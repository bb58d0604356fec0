import assert from "node:assert/strict";
import { startProcess } from "../../support/context";
import { forEachRegistry } from "../../support/registries";
import { multiArchImage, platformImage } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";
import { scripts } from "./scripts";
import { seedIndex } from "./seed";

forEachRegistry("a tag that is not ours", (registry) => {
  const files = scripts();
  let repository: TestRepository;
  beforeEach(() => {
    repository = newTestRepository(registry());
  });

  async function program(more = {}) {
    const image = await repository.image("linux/amd64");
    return { ...repository.target, tags: ["1.0"], images: [`@${image.digest}`], ...more };
  }

  it("is refused in preview with what it holds and the remedies, and nothing is written", async () => {
    const declared = await program();
    const images = [await repository.image("linux/s390x"), await repository.image("windows(10.0.20348.1)/amd64")];
    const { digest } = await seedIndex(registry().address, repository.name, images, "1.0");
    await assert.rejects(multiArchImage().preview(declared), {
      code: "ERR_TAG_CONFLICT",
      message: `tags: the tag ${registry().address}/${repository.name}:1.0 is not ours and names ${digest} (an index of linux/s390x, windows(10.0.20348.1)/amd64). Choose another tag, remove that one, or set onConflict: "overwrite" to take it over.`,
    });
    assert.equal(await repository.digestAt("1.0"), digest);
  });

  it("is refused when it names a lone image", async () => {
    const declared = await program();
    await repository.image("linux/s390x", { tag: "1.0" });
    await assert.rejects(multiArchImage().preview(declared), /\(an image, application\/vnd\.oci\.image\.manifest/);
  });

  it("is refused, too, when it is added to the tags of a resource that exists", async () => {
    const declared = await program();
    const index = multiArchImage();
    await index.up(declared);
    await repository.moveTag("2.0");
    await assert.rejects(index.preview({ ...declared, tags: ["1.0", "2.0"] }), { code: "ERR_TAG_CONFLICT" });
  });

  it("is refused for a PlatformImage", async () => {
    await repository.moveTag("amd64");
    const declared = { ...repository.target, tag: "amd64", platform: "linux/amd64", source: files.source() };
    await assert.rejects(platformImage().preview(declared), { code: "ERR_TAG_CONFLICT" });
  });

  it('is taken over with onConflict: "overwrite", and removed at the end', async () => {
    const declared = await program({ onConflict: "overwrite" });
    await repository.moveTag("1.0");
    const index = multiArchImage();
    const { digest, createdTags } = await index.up(declared);
    assert.equal(await repository.digestAt("1.0"), digest);
    assert.deepEqual(createdTags, ["1.0"]);
    await index.destroy();
    assert.deepEqual(await repository.tags(), []);
  });

  it("is adopted without a write when it names our digest already", async () => {
    const declared = await program();
    await multiArchImage("first").up(declared);
    const { adoptedTags, createdTags } = await multiArchImage("second").up(declared);
    assert.deepEqual([createdTags, adoptedTags], [[], ["1.0"]]);
  });

  it("is moved on with us once it is adopted, and stays at the end", async () => {
    const declared = await program();
    await multiArchImage("first").up(declared);
    const second = multiArchImage("second");
    await second.up(declared);
    const { digest } = await second.up({ ...declared, annotations: { a: "b" } });
    assert.equal(await repository.digestAt("1.0"), digest);
    await second.destroy();
    assert.deepEqual(await repository.tags(), ["1.0"]);
  });

  it("is written again by the one that adopted it, after the one that created it was destroyed", async () => {
    const declared = await program();
    const [first, second] = [multiArchImage("first"), multiArchImage("second")];
    const { digest } = await first.up(declared);
    await second.up(declared);
    await first.destroy();
    assert.deepEqual(await repository.tags(), []);
    await second.up(declared);
    assert.equal(await repository.digestAt("1.0"), digest);
    assert.equal((await second.preview(declared)).changes, false);
  });

  it("cannot be claimed by two resources of a program: the second is refused, naming both", async () => {
    const process = startProcess();
    const declared = await program();
    await multiArchImage("first").preview(declared, process);
    await assert.rejects(multiArchImage("second").preview(declared, process), {
      message: /^tags: .*:1\.0 is claimed by both MultiArchImage first and MultiArchImage second/,
    });
    const image = { ...repository.target, tag: "1.0", platform: "linux/amd64", source: files.source() };
    await assert.rejects(platformImage("third").preview(image, process), {
      message: /^tag: .*:1\.0 is claimed by both MultiArchImage first and PlatformImage third/,
    });
  });

  it("may be claimed twice by one name, as a replacement does", async () => {
    const process = startProcess();
    const declared = await program();
    await multiArchImage().preview(declared, process);
    await assert.doesNotReject(multiArchImage().preview(declared, process));
  });
});
