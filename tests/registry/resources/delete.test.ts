import assert from "node:assert/strict";
import type { Repository } from "../../../provider/distribution/repository";
import { multiArchImageLifecycle } from "../../../provider/resources/multiArchImage/lifecycle";
import { startProcess } from "../../support/context";
import { forEachRegistry } from "../../support/registries";
import { multiArchImage, platformImage } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";
import { scripts } from "./scripts";

forEachRegistry("destroying", (registry) => {
  const files = scripts();
  let repository: TestRepository;
  beforeEach(() => {
    repository = newTestRepository(registry());
  });

  async function existing(more = {}, name = "server") {
    const image = await repository.image("linux/amd64");
    const program = { ...repository.target, tags: ["1.0", "latest"], images: [`@${image.digest}`], ...more };
    const index = multiArchImage(name);
    const { digest } = await index.up(program);
    return { index, program, digest: String(digest), image };
  }

  it("removes the tags that were created, and keeps index and images for those who pin their digests", async () => {
    const { index, digest, image } = await existing();
    await repository.tag("mine", image.digest);
    await index.destroy();
    assert.deepEqual(await repository.tags(), ["mine"]);
    assert.equal(await repository.digestAt(digest), digest);
  });

  it("leaves a tag that was there before with the same digest", async () => {
    const first = await existing();
    const index = multiArchImage("second");
    await index.up({ ...first.program, tags: ["latest", "2.0"] });
    await index.destroy();
    assert.deepEqual(await repository.tags(), ["1.0", "latest"]);
  });

  it("has adopted tags put back where removing one of ours drops them", async () => {
    const first = await existing();
    const index = multiArchImage("second");
    await index.up({ ...first.program, tags: ["latest", "2.0"] });
    const process = startProcess();
    const { context } = process;
    const kept: (readonly string[])[] = [];
    const observed: typeof context.registry = (connection) => {
      const client = context.registry(connection);
      const repositoryOf = (name: string): Repository => ({
        ...client.repository(name),
        async removeTag(_tag, _expected, keepTags) {
          kept.push(keepTags);
          return "untagged";
        },
      });
      return { ...client, repository: repositoryOf };
    };
    await index.destroy({ ...process, context: { ...context, registry: observed } });
    assert.deepEqual(kept, [["latest"]]);
  });

  it("leaves a tag that somebody moved, with a warning", async () => {
    const { index } = await existing();
    const moved = await repository.moveTag("latest");
    const process = startProcess();
    await index.destroy(process);
    assert.deepEqual(await repository.tags(), ["latest"]);
    assert.equal(await repository.digestAt("latest"), moved);
    assert.match(process.warnings.join(), /kept .*:latest: it no longer names sha256:/);
  });

  it("leaves tags that somebody moved all of, also after a refresh has seen it", async () => {
    const { index } = await existing();
    const moved = await repository.moveTag("latest");
    await repository.tag("1.0", moved);
    await index.refresh();
    const process = startProcess();
    await index.destroy(process);
    assert.deepEqual(await repository.tags(), ["1.0", "latest"]);
    assert.equal(process.warnings.length, 2);
  });

  it("removes tags that were moved, seen by a refresh and moved back by an up", async () => {
    const { index, program } = await existing();
    const moved = await repository.moveTag("latest");
    await repository.tag("1.0", moved);
    await index.refresh();
    await index.up(program);
    await index.destroy();
    assert.deepEqual(await repository.tags(), []);
  });

  it("leaves a tag that another resource of the run has taken, with a warning that names it", async () => {
    const { index, program, digest } = await existing();
    const process = startProcess();
    await multiArchImage("renamed").up(program, process);
    await index.destroy(process);
    assert.equal(await repository.digestAt("latest"), digest);
    assert.match(process.warnings.join(), /kept .*:latest: now managed by MultiArchImage renamed/);
  });

  for (const isNamed of [true, false]) {
    const title = isNamed ? "named by the host" : "not named by the host";
    it(`before a forced replacement hands its tags on, so that they stay ours: ${title}`, async () => {
      const { index, program, digest } = await existing();
      const { id, outputs } = index.kept ?? assert.fail();
      const process = startProcess();
      const replacement = multiArchImage();
      await replacement.preview(program, process);
      if (isNamed) await index.destroy(process);
      else await multiArchImageLifecycle.delete(process.context, id, outputs);
      assert.equal(await repository.digestAt("latest"), digest);
      await replacement.up(program, process);
      assert.deepEqual(replacement.kept?.outputs["createdTags"], ["1.0", "latest"]);
      assert.deepEqual(process.warnings, []);
    });
  }

  it("counts what is gone already as done", async () => {
    const { index, digest } = await existing();
    await repository.deleteManifest(digest);
    const process = startProcess();
    await index.destroy(process);
    assert.deepEqual(process.warnings, []);
  });

  it('removes nothing with onDelete: "retain"', async () => {
    const { index } = await existing({ onDelete: "retain" });
    await index.destroy();
    assert.deepEqual(await repository.tags(), ["1.0", "latest"]);
  });

  it("goes by the onDelete of the last up, which sent no request for it", async () => {
    const { index, program } = await existing();
    await index.up({ ...program, onDelete: "retain" });
    await index.destroy();
    assert.deepEqual(await repository.tags(), ["1.0", "latest"]);
  });

  it("of an index without tags removes nothing", async () => {
    const { index, digest } = await existing({ tags: [] });
    await index.destroy();
    assert.equal(await repository.digestAt(digest), digest);
  });

  it("removes the tags that children were given", async () => {
    const { index } = await existing({ childTag: "{tag}-{os}-{arch}" });
    assert.deepEqual(await repository.tags(), ["1.0", "1.0-linux-amd64", "latest", "latest-linux-amd64"]);
    await index.destroy();
    assert.deepEqual(await repository.tags(), []);
  });

  it("spares the tags of children, too, that a renamed resource has taken", async () => {
    const { index, program } = await existing({ childTag: "{tag}-{arch}" });
    const process = startProcess();
    const renamed = multiArchImage("renamed");
    await renamed.up(program, process);
    await index.destroy(process);
    assert.deepEqual(await repository.tags(), ["1.0", "1.0-amd64", "latest", "latest-amd64"]);
    const next = await repository.image("linux/amd64");
    await renamed.up({ ...program, images: [`@${next.digest}`] });
    assert.equal(await repository.digestAt("1.0-amd64"), next.digest);
  });

  it("of a PlatformImage removes its tag and keeps the image", async () => {
    const image = platformImage();
    const program = { ...repository.target, tag: "amd64", platform: "linux/amd64", source: files.source() };
    const { digest } = await image.up(program);
    await repository.moveTag("other");
    await image.destroy();
    assert.deepEqual(await repository.tags(), ["other"]);
    assert.equal(await repository.digestAt(String(digest)), digest);
  });

  it('of a PlatformImage removes nothing with onDelete: "retain"', async () => {
    const image = platformImage();
    const program = { ...repository.target, tag: "amd64", platform: "linux/amd64", source: files.source() };
    const { digest } = await image.up({ ...program, onDelete: "retain" });
    await image.destroy();
    assert.equal(await repository.digestAt("amd64"), digest);
  });

  it("of a PlatformImage without a tag removes nothing", async () => {
    const image = platformImage();
    const { digest } = await image.up({ ...repository.target, platform: "linux/amd64", source: files.source() });
    await image.destroy();
    assert.equal(await repository.digestAt(String(digest)), digest);
  });
});
