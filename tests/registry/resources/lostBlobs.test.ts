import assert from "node:assert/strict";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { forEachRegistry } from "../../support/registries";
import { multiArchImage, platformImage } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";
import { scripts } from "./scripts";
import { type SeededImage, seedAttestation, seedIndex } from "./seed";

forEachRegistry("a refresh", (registry) => {
  const files = scripts();
  let proxy: CountingProxy;
  let elsewhere: CountingProxy;
  let repository: TestRepository;
  before(async () => {
    proxy = await countingProxy(registry().address);
    // The same storage under another address is another registry to every client.
    elsewhere = await countingProxy(registry().address);
  });
  beforeEach(() => {
    repository = newTestRepository(proxy);
  });
  after(() => Promise.all([proxy.stop(), elsewhere.stop()]));

  const blobUrl = (digest: unknown, { name } = repository) => `${registry().url}/v2/${name}/blobs/${String(digest)}`;
  const isThere = async (digest: unknown) => (await fetch(blobUrl(digest), { method: "HEAD" })).ok;
  const remove = (digest: unknown, from = repository) => fetch(blobUrl(digest, from), { method: "DELETE" });
  const methods = () => proxy.requests.map(({ method }) => method).sort();

  describe("of a PlatformImage", () => {
    const program = (more: PropertyBag = {}) => ({
      ...repository.target,
      platform: "linux/amd64",
      source: files.source(),
      ...more,
    });

    it("looks at tag, manifest, config and layer, once each", async () => {
      const image = platformImage();
      await image.up(program({ tag: "amd64" }));
      proxy.reset();
      await image.refresh();
      assert.deepEqual(methods(), ["GET", "HEAD", "HEAD", "HEAD"]);
    });

    for (const tag of [undefined, "amd64"]) {
      it(`finds a config that is gone, and the next up ${tag ? "with" : "without"} a tag sends it again`, async () => {
        const image = platformImage();
        const declared = program(tag ? { tag } : {});
        const { configDigest } = await image.up(declared);
        await remove(configDigest);
        const outputs = await image.refresh();
        assert.deepEqual(outputs?.["drift"], { [`blob ${String(configDigest)}`]: "gone" });
        await image.up(declared);
        assert.ok(await isThere(configDigest));
        assert.equal((await image.preview(declared)).changes, false);
      });
    }

    for (const isRefreshed of [true, false]) {
      const after = isRefreshed ? "that a refresh has missed" : "that nothing has missed yet";
      it(`is not needed for another tag of the program: a config ${after} is sent again with it`, async () => {
        const image = platformImage();
        const declared = program({ tag: "amd64" });
        const { configDigest, digest } = await image.up(declared);
        await remove(configDigest);
        if (isRefreshed) await image.refresh();
        await image.up({ ...declared, tag: "renamed" });
        assert.deepEqual([await isThere(configDigest), await repository.digestAt("renamed")], [true, digest]);
      });
    }

    it("finds a blob of an attestation that is gone, and the next up sends it again", async () => {
      const theirs = newTestRepository(proxy);
      const { reference, attestation } = await seedBuilt(theirs, proxy.address);
      const image = platformImage();
      const declared = program({ source: { image: reference } });
      await image.up(declared);
      const blob = await configOf(attestation.digest);
      await remove(blob);
      const outputs = await image.refresh();
      const name = `blob ${blob} of attestation of linux/amd64 (${attestation.digest})`;
      assert.deepEqual(outputs?.["drift"], { [name]: "gone" });
      await image.up(declared);
      assert.ok(await isThere(blob));
      assert.equal((await image.preview(declared)).changes, false);
    });
  });

  /** An index of theirs of an image and its attestation. */
  async function seedBuilt(theirs: TestRepository, address: string) {
    const image = await theirs.image("linux/amd64");
    const attestation = await seedAttestation(registry().address, theirs.name, image);
    await seedIndex(registry().address, theirs.name, [image, attestation], "built");
    return { reference: `${address}/${theirs.name}:built`, image, attestation };
  }

  async function configOf(manifest: string): Promise<string> {
    return String(Object((await repository.documentAt(manifest))["config"]).digest);
  }

  async function layerOf(manifest: string): Promise<string> {
    const { layers } = await repository.documentAt(manifest);
    return String(Object([layers].flat()[0]).digest);
  }

  describe("of an index over images that are copied", () => {
    let theirs: TestRepository;
    beforeEach(() => {
      theirs = newTestRepository(proxy);
    });

    async function pushed(address: string) {
      const { reference, image, attestation } = await seedBuilt(theirs, address);
      const program = { ...repository.target, tags: ["1.0"], images: [reference] };
      const index = multiArchImage();
      await index.up(program);
      return { index, program, image, attestation };
    }

    it("looks at tag, index, each manifest and each blob, once each", async () => {
      const { index } = await pushed(proxy.address);
      proxy.reset();
      await index.refresh();
      assert.deepEqual(methods(), ["GET", "GET", "GET", ...Array(5).fill("HEAD")]);
    });

    for (const from of ["another repository", "another registry"]) {
      it(`finds blobs that are gone, by platform, and the next up brings them from ${from}`, async () => {
        const source = from === "another registry" ? elsewhere : proxy;
        const { index, program, image, attestation } = await pushed(source.address);
        const blobs = [await configOf(image.digest), await configOf(attestation.digest)];
        for (const blob of blobs) await remove(blob);
        const outputs = await index.refresh();
        assert.deepEqual(outputs?.["drift"], {
          [`blob ${blobs[0]} of linux/amd64 (${image.digest})`]: "gone",
          [`blob ${blobs[1]} of attestation of linux/amd64 (${attestation.digest})`]: "gone",
        });
        assert.equal((await index.preview(program)).changes, true);
        await index.up(program);
        assert.deepEqual(await Promise.all(blobs.map(isThere)), [true, true]);
        assert.equal((await index.preview(program)).changes, false);
        assert.equal((await index.refresh())?.["drift"], undefined);
      });
    }

    it("finds a blob that is gone, and the next up writes no manifest again", async () => {
      const { index, program, image } = await pushed(proxy.address);
      await remove(await configOf(image.digest));
      await index.refresh();
      proxy.reset();
      await index.up(program);
      const writes = proxy.requests.filter(({ method, path }) => method === "PUT" && path.includes("/manifests/"));
      assert.deepEqual(writes, []);
    });

    for (const kind of ["layer", "config"]) {
      it(`finds a ${kind} that is gone where it came from, too: the next preview is an error that names it`, async () => {
        const { index, program, image } = await pushed(proxy.address);
        const blob = await (kind === "layer" ? layerOf : configOf)(image.digest);
        for (const place of [repository, theirs]) await remove(blob, place);
        await index.refresh();
        const message = new RegExp(`^images\\[0\\]: .*${blob} is (gone|not on the registry)`);
        await assert.rejects(index.preview(program), { code: "ERR_NOT_FOUND", message });
      });
    }
  });

  it("of an index leaves the blobs of PlatformImages of its repository to them", async () => {
    const described = (image: SeededImage) => ({
      ...{ descriptor: image, attestationManifests: [] },
      ...{ address: proxy.address, repository: repository.name },
    });
    const index = multiArchImage();
    const images = [described(await repository.image("linux/amd64"))];
    await index.up({ ...repository.target, tags: ["1.0"], images });
    proxy.reset();
    await index.refresh();
    assert.deepEqual(methods(), ["GET", "HEAD", "HEAD"]);
  });

  it("of an index that is only read looks for no blobs", async () => {
    const image = await repository.image("linux/amd64");
    const { digest } = await seedIndex(proxy.address, repository.name, [image], "1.0");
    const index = multiArchImage();
    const state = { ...repository.target, tags: ["1.0"], images: [], digest };
    index.kept = { id: "", inputs: state, outputs: state };
    proxy.reset();
    await index.refresh();
    assert.deepEqual(methods(), ["GET", "HEAD", "HEAD"]);
  });
});
