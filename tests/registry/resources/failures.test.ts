import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { hasCode } from "../../../provider/errors";
import { PartialFailure } from "../../../provider/resources/lifecycle";
import { multiArchImageLifecycle } from "../../../provider/resources/multiArchImage/lifecycle";
import { platformImageLifecycle } from "../../../provider/resources/platformImage/lifecycle";
import { recordOf } from "../../../provider/resources/properties/recordOutputs";
import { startProcess } from "../../support/context";
import { makeLayout } from "../../support/layouts";
import { forEachRegistry } from "../../support/registries";
import { importedImage, multiArchImage, platformImage } from "./engine";
import { immutable, suiteFaultProxy } from "./faultProxy";
import { newImportPlace } from "./importPlace";
import { newTestRepository, type TestRepository } from "./repository";
import { scripts } from "./scripts";

forEachRegistry("an up that fails", (registry) => {
  const files = scripts();
  const proxy = suiteFaultProxy(registry);
  let repository: TestRepository;
  beforeEach(() => {
    repository = newTestRepository(proxy);
  });

  async function program(more = {}) {
    const image = await repository.image("linux/amd64");
    return { ...repository.target, tags: ["1.0", "latest"], images: [`@${image.digest}`], ...more };
  }

  const refuse = (tag: string) =>
    proxy.fail((method, path) => (method === "PUT" && path.endsWith(`/manifests/${tag}`) ? immutable : undefined));

  it("security row 18: at one of two tags records the other, says why, and the next up goes on", async () => {
    const declared = await program();
    const taken = await repository.moveTag("latest");
    refuse("latest");
    const index = multiArchImage();
    await assert.rejects(index.up({ ...declared, onConflict: "overwrite" }), (error) => {
      assert.ok(error instanceof PartialFailure);
      assert.match(error.reasons.join(), /latest stays at sha256:.*the registry refuses to move it/);
      assert.deepEqual(error.live.state["createdTags"], ["1.0"]);
      return true;
    });
    assert.equal(await repository.digestAt("latest"), taken);
    proxy.work();
    const { digest, createdTags } = await index.up({ ...declared, onConflict: "overwrite" });
    assert.equal(await repository.digestAt("latest"), digest);
    assert.deepEqual(createdTags, ["1.0", "latest"]);
    assert.equal((await index.preview({ ...declared, onConflict: "overwrite" })).changes, false);
  });

  it("at one of two tags destroys what it did, and only that", async () => {
    const declared = await program();
    const taken = await repository.moveTag("latest");
    refuse("latest");
    const index = multiArchImage();
    await assert.rejects(index.up({ ...declared, onConflict: "overwrite" }), PartialFailure);
    proxy.work();
    await index.destroy();
    assert.deepEqual(await repository.tags(), ["latest"]);
    assert.equal(await repository.digestAt("latest"), taken);
  });

  it("at the only tag leaves nothing to record", async () => {
    const declared = await program({ tags: ["1.0"], onConflict: "overwrite" });
    await repository.moveTag("1.0");
    refuse("1.0");
    const index = multiArchImage();
    await assert.rejects(index.up(declared), /the registry refuses to move it/);
    assert.equal(index.kept, undefined);
  });

  it("because somebody took a tag between preview and write touches nothing of that tag, and the next up goes on", async () => {
    const declared = await program();
    const index = multiArchImage();
    const process = startProcess();
    const { inputs } = await index.preview(declared, process);
    const taken = await repository.moveTag("latest");
    process.clock.advance(2);
    const create = multiArchImageLifecycle.create(process.context, inputs);
    await assert.rejects(create, (error) => {
      assert.ok(error instanceof PartialFailure);
      assert.match(error.message, /latest named nothing when this change was planned and names sha256:/);
      index.kept = { id: error.live.id, inputs, outputs: error.live.state, isUnfinished: true };
      return true;
    });
    assert.equal(await repository.digestAt("latest"), taken);
    await assert.rejects(index.up(declared), /is not ours and names/);
    const { digest } = await index.up({ ...declared, onConflict: "overwrite" });
    assert.equal(await repository.digestAt("latest"), digest);
  });

  it("while an update moves tags records the new index, and the next up moves the rest", async () => {
    const declared = await program();
    const index = multiArchImage();
    await index.up(declared);
    refuse("latest");
    const next = { ...declared, annotations: { a: "b" } };
    await assert.rejects(index.up(next), PartialFailure);
    proxy.work();
    const { digest } = await index.up(next);
    assert.equal(await repository.digestAt("1.0"), digest);
    assert.equal(await repository.digestAt("latest"), digest);
  });

  it("at one of three children brings the others, writes no tag, and the next up goes on", async () => {
    const source = newTestRepository(registry());
    const platforms = ["linux/amd64", "linux/arm64", "linux/s390x"];
    const children = await Promise.all(platforms.map((platform) => source.image(platform)));
    const digests = children.map(({ digest }) => digest);
    const images = digests.map((digest) => `${proxy.address}/${source.name}@${digest}`);
    const declared = { ...repository.target, tags: ["1.0"], images, onDelete: "delete" };
    const there = () => Promise.all([...digests, "1.0"].map((name) => repository.digestAt(name)));
    refuse(String(digests[1]));
    const index = multiArchImage();
    await assert.rejects(index.up(declared), (error) => {
      assert.ok(error instanceof PartialFailure);
      assert.deepEqual(recordOf(error.live.state).pushed, [digests[0], digests[2]]);
      return true;
    });
    assert.deepEqual(await there(), [digests[0], undefined, digests[2], undefined]);
    proxy.work();
    const outputs = await index.up(declared);
    assert.deepEqual(await there(), [...digests, outputs["digest"]]);
    assert.deepEqual(recordOf(outputs).pushed.toSorted(), [...digests, outputs["digest"]].sort());
    assert.equal((await index.preview(declared)).changes, false);
  });

  it("at one of the manifests of an imported image brings the others, writes no tag, and the next up goes on", async () => {
    const place = newImportPlace(proxy);
    const { images, attestations, all, index } = await place.seed();
    const program = place.program({ onDelete: "delete" });
    const others = all.filter((digest) => digest !== images[1]);
    refuse(String(images[1]));
    const copy = importedImage();
    await assert.rejects(copy.up(program), (error) => {
      assert.ok(error instanceof PartialFailure);
      assert.deepEqual(recordOf(error.live.state).pushed.toSorted(), others.toSorted());
      return true;
    });
    assert.equal(await place.ours.digestAt("1.0"), undefined);
    proxy.work();
    const outputs = await copy.up(program);
    assert.equal(await place.ours.digestAt("1.0"), index.digest);
    assert.deepEqual(recordOf(outputs).pushed.toSorted(), [...images, ...attestations, index.digest].sort());
    assert.equal((await copy.preview(program)).changes, false);
  });

  it("at all manifests of an imported image leaves nothing to record", async () => {
    const place = newImportPlace(proxy);
    await place.seed();
    proxy.fail((method, path) => (method === "PUT" && path.includes("/manifests/") ? immutable : undefined));
    const copy = importedImage();
    await assert.rejects(copy.up(place.program()), /the registry refuses|409/);
    assert.equal(copy.kept, undefined);
  });

  it("at the only child leaves nothing to record", async () => {
    const source = newTestRepository(registry());
    const { digest } = await source.image("linux/amd64");
    refuse(digest);
    const index = multiArchImage();
    const images = [`${proxy.address}/${source.name}@${digest}`];
    await assert.rejects(index.up({ ...repository.target, tags: ["1.0"], images }), /the registry refuses|409/);
    assert.equal(index.kept, undefined);
  });

  it("to remove a PlatformImage's old tag records the new one, and the next up removes it", async () => {
    const image = platformImage();
    const base = { ...repository.target, platform: "linux/amd64", source: files.source() };
    const program = { ...base, tag: "a", onUnlist: "untag" };
    await image.up(program);
    proxy.fail((method) => (method === "DELETE" ? { status: 503 } : undefined));
    await assert.rejects(image.up({ ...program, tag: "b" }), PartialFailure);
    assert.deepEqual([...recordOf(image.kept?.outputs).managed.keys()].sort(), ["a", "b"]);
    proxy.work();
    const { createdTags } = await image.up({ ...program, tag: "b" });
    assert.deepEqual([createdTags, await repository.tags()], [["b"], ["b"]]);
    assert.equal((await image.preview({ ...program, tag: "b" })).changes, false);
  });

  it("at the tag of a child writes no tag of the index, and removes at the end what it wrote", async () => {
    const declared = await program({ childTag: "{tag}-{arch}" });
    refuse("latest-amd64");
    const index = multiArchImage();
    await assert.rejects(index.up(declared), PartialFailure);
    assert.deepEqual(await repository.tags(), ["1.0-amd64"]);
    await index.destroy();
    assert.deepEqual(await repository.tags(), []);
  });

  it("at the tag of a child never overwrites a stranger who takes it before the next up", async () => {
    const declared = await program({ childTag: "{tag}-{arch}" });
    refuse("latest-amd64");
    const index = multiArchImage();
    await assert.rejects(index.up(declared), PartialFailure);
    proxy.work();
    const theirs = await repository.moveTag("latest-amd64");
    await assert.rejects(index.up(declared), /latest-amd64 is not ours/);
    assert.equal(await repository.digestAt("latest-amd64"), theirs);
  });

  it("security row 16: because a file changed after its preview pushes no tag", async () => {
    const image = platformImage();
    const path = files.write("changing", "before");
    const source = { files: { "/server": path } };
    const process = startProcess();
    const program = { ...repository.target, tag: "amd64", platform: "linux/amd64", source };
    const { inputs } = await image.preview(program, process);
    files.write("changing", "after");
    await assert.rejects(platformImageLifecycle.create(process.context, inputs), {
      code: "ERR_DIGEST_MISMATCH",
      message: /^source: it gave sha256:.* when this change was planned, but gives sha256:.* now/,
    });
    assert.deepEqual(await repository.tags(), []);
  });

  for (const [how, code] of [
    ["altered", "ERR_DIGEST_MISMATCH"],
    ["truncated", "ERR_CONTENT_INVALID"],
  ] as const) {
    it(`security row 16: because a large layer of a layout was ${how} after its preview pushes no tag, and names the file`, async () => {
      const layout = makeLayout();
      const layer = layout.blob(randomBytes(1_000_000), "application/vnd.oci.image.layer.v1.tar");
      const platform = { os: "linux", architecture: "amd64" };
      layout.publish(layout.image({ platform, layers: [], furtherLayers: [layer] }));
      const source = { ociLayout: layout.directory };
      const process = startProcess();
      const program = { ...repository.target, tag: "amd64", platform: "linux/amd64", source };
      const { inputs } = await platformImage().preview(program, process);
      layout.damage(layer.digest, how);
      const create = platformImageLifecycle.create(process.context, inputs);
      await assert.rejects(
        create,
        (error) => hasCode(error, code) && error.message.startsWith(layout.path(layer.digest)),
      );
      assert.deepEqual(await repository.tags(), []);
      layout.remove();
    });
  }

  it("because the image of a source tag moved after its preview pushes no tag", async () => {
    const source = newTestRepository(proxy);
    await source.image("linux/amd64", { tag: "built" });
    const image = platformImage();
    const reference = { image: `${proxy.address}/${source.name}:built` };
    const program = { ...repository.target, tag: "amd64", platform: "linux/amd64", source: reference };
    const { inputs } = await image.preview(program);
    await source.image("linux/amd64", { tag: "built" });
    const create = platformImageLifecycle.create(startProcess().context, inputs);
    await assert.rejects(create, { code: "ERR_DIGEST_MISMATCH" });
    assert.deepEqual(await repository.tags(), []);
  });

  it("security row 16: of an index whose source tag moved after its preview writes what was previewed", async () => {
    await repository.image("linux/amd64", { tag: "built" });
    const index = multiArchImage();
    const process = startProcess();
    const { inputs } = await index.preview({ ...repository.target, tags: ["1.0"], images: [":built"] }, process);
    await repository.image("linux/amd64", { tag: "built" });
    await multiArchImageLifecycle.create(process.context, inputs);
    assert.equal(await repository.digestAt("1.0"), inputs["digest"]);
  });

  it("because a child vanished is repaired once, by pushing the child again", async () => {
    const source = newTestRepository(registry());
    const { digest } = await source.image("linux/amd64");
    const images = [`${proxy.address}/${source.name}@${digest}`];
    let vanished = false;
    proxy.fail((method, path) => {
      if (vanished || method !== "PUT" || !path.endsWith("/manifests/1.0")) return undefined;
      vanished = true;
      return { status: 400, errors: [{ code: "MANIFEST_BLOB_UNKNOWN", message: "a child is unknown" }] };
    });
    const outputs = await multiArchImage().up({ ...repository.target, tags: ["1.0"], images });
    assert.equal(vanished, true);
    assert.equal(await repository.digestAt("1.0"), outputs["digest"]);
  });
});
