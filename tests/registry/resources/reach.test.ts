import assert from "node:assert/strict";
import { startProcess } from "../../support/context";
import { forEachRegistry } from "../../support/registries";
import { multiArchImage, platformImage, type Resource } from "./engine";
import { faultProxy, suiteFaultProxy } from "./faultProxy";
import { newTestRepository, type TestRepository } from "./repository";
import { scripts } from "./scripts";

forEachRegistry("a registry that does not answer as it should", (registry) => {
  const files = scripts();
  const proxy = suiteFaultProxy(registry);
  let repository: TestRepository;
  beforeEach(() => {
    repository = newTestRepository(proxy);
  });

  const always = (status: number) => proxy.fail(() => ({ status }));

  async function existing(images?: readonly unknown[]) {
    const image = await repository.image("linux/amd64");
    const program = { ...repository.target, tags: ["1.0"], images: images ?? [`@${image.digest}`] };
    const index = multiArchImage();
    await index.up(program);
    return { index, program };
  }

  async function existingImage() {
    const image = platformImage();
    const program = { ...repository.target, tag: "amd64", platform: "linux/amd64", source: files.source() };
    await image.up(program);
    return { image, program };
  }

  it("leaves an unchanged index unchanged, with a warning that drift was not checked", async () => {
    const { index, program } = await existing();
    always(503);
    const process = startProcess();
    assert.equal((await index.preview(program, process)).changes, false);
    assert.match(process.warnings.join("\n"), /^drift not checked: /m);
  });

  it("leaves an unchanged PlatformImage unchanged, with a warning that drift was not checked", async () => {
    const { image, program } = await existingImage();
    always(503);
    const process = startProcess();
    assert.equal((await image.preview(program, process)).changes, false);
    assert.match(process.warnings.join(), /^drift not checked: .*:amd64 could not be looked at/);
  });

  it("leaves an unchanged PlatformImage without a tag unchanged, with a warning that drift was not checked", async () => {
    const image = platformImage();
    const program = { ...repository.target, platform: "linux/amd64", source: files.source() };
    await image.up(program);
    always(503);
    const process = startProcess();
    assert.equal((await image.preview(program, process)).changes, false);
    assert.match(process.warnings.join(), /^drift not checked: .*@sha256:.* could not be looked at/);
  });

  it("leaves an unchanged PlatformImage unchanged when nobody listens", async () => {
    const unreachable = await faultProxy(registry().address);
    const image = platformImage();
    const target = { registry: { address: unreachable.address }, repository: repository.name };
    const program = { ...target, tag: "gone", platform: "linux/amd64", source: files.source() };
    await image.up(program);
    await unreachable.stop();
    const process = startProcess();
    assert.equal((await image.preview(program, process)).changes, false);
    assert.equal(process.warnings.length, 1);
  });

  it("is an error for a change", async () => {
    const { image, program } = await existingImage();
    always(503);
    await assert.rejects(image.preview({ ...program, source: files.source() }), { code: "ERR_REGISTRY" });
  });

  it("is an error for something new", async () => {
    always(503);
    const program = { ...repository.target, tag: "new", platform: "linux/amd64", source: files.source() };
    await assert.rejects(platformImage().preview(program), { code: "ERR_REGISTRY" });
  });

  it("leaves an unchanged index unchanged when it says 404 without saying what is not there, with a warning", async () => {
    const { index, program } = await existing();
    always(404);
    const process = startProcess();
    assert.equal((await index.preview(program, process)).changes, false);
    assert.match(process.warnings.join("\n"), /^drift not checked: /m);
  });

  describe("and that says 404 to looks without saying what is not there", () => {
    const blind = () => proxy.fail((method) => (["GET", "HEAD"].includes(method) ? { status: 404 } : undefined));
    const imageOf = (more = {}) => {
      return { ...repository.target, tag: "new", platform: "linux/amd64", source: files.source(), ...more };
    };

    it("gets no tag that may be another's", async () => {
      blind();
      const image = platformImage();
      await assert.rejects(image.up(imageOf()), { code: "ERR_ABSENCE_UNCONFIRMED" });
      proxy.work();
      assert.equal(await repository.digestAt("new"), undefined);
    });

    it('gets the tag with onConflict: "overwrite", and it is ours', async () => {
      blind();
      const image = platformImage();
      const process = startProcess();
      const { digest } = await image.up(imageOf({ onConflict: "overwrite" }), process);
      assert.deepEqual(image.kept?.outputs["createdTags"], ["new"]);
      assert.match(process.warnings.join("\n"), /:new was written, but the registry does not say what it names now/);
      proxy.work();
      assert.equal(await repository.digestAt("new"), digest);
    });
  });

  for (const status of [401, 403]) {
    it(`is an error for an unchanged resource when it says ${status}`, async () => {
      const { index, program } = await existing();
      always(status);
      await assert.rejects(index.preview(program));
    });
  }

  it("is a warning for something new when it may not be seen (403): it is decided at write", async () => {
    always(403);
    const process = startProcess();
    const program = { ...repository.target, tag: "new", platform: "linux/amd64", source: files.source() };
    await platformImage().preview(program, process);
    assert.match(process.warnings.join(), /^cannot see whether .*:new exists; decided at write/);
  });

  it("is an error for a source that may not be seen (403)", async () => {
    const { digest } = await repository.image("linux/amd64");
    always(403);
    const program = { ...repository.target, tags: ["1.0"], images: [`@${digest}`] };
    await assert.rejects(multiArchImage().preview(program), { message: /^images\[0\]: / });
  });

  for (const status of [401, 403, 404, 500]) {
    it(`makes refresh fail and keep the state when it says ${status}`, async () => {
      const found: readonly Resource[] = [(await existing()).index, (await existingImage()).image];
      always(status);
      for (const resource of found) {
        const { kept } = resource;
        await assert.rejects(resource.refresh());
        assert.equal(resource.kept, kept);
      }
    });

    it(`makes destroy fail and keep the state when it says ${status}`, async () => {
      const { index } = await existing();
      always(status);
      await assert.rejects(index.destroy());
      assert.notEqual(index.kept, undefined);
    });
  }

  for (const status of [401, 503]) {
    it(`makes destroy fail and keep the state when it refuses a deletion with ${status}; the next one removes the tag`, async () => {
      const { index } = await existing();
      proxy.fail((method) => (method === "DELETE" ? { status } : undefined));
      await assert.rejects(index.destroy(), new RegExp(String(status)));
      assert.notEqual(index.kept, undefined);
      proxy.work();
      await index.destroy();
      assert.deepEqual(await repository.tags(), []);
    });
  }
});
