import assert from "node:assert/strict";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { startProcess } from "../../support/context";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { forEachRegistry } from "../../support/registries";
import { platformImage, type Resource } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";
import { scripts } from "./scripts";
import { seedAttestation, seedIndex } from "./seed";

forEachRegistry('a PlatformImage with ifSourceMissing: "keep" whose source is missing', (registry) => {
  const files = scripts();
  let proxy: CountingProxy;
  let repository: TestRepository;
  let image: Resource;
  let missing: PropertyBag;
  let digest: string;
  before(async () => {
    proxy = await countingProxy(registry().address);
  });
  after(() => proxy.stop());
  beforeEach(async () => {
    repository = newTestRepository(proxy);
    image = platformImage();
    const declared = { ...repository.target, tag: "a", platform: "linux/amd64", ifSourceMissing: "keep" };
    ({ digest } = stringsOf(await image.up({ ...declared, source: files.source() })));
    missing = { ...declared, source: { files: { "/server": "/nowhere/server" } } };
    proxy.reset();
  });

  const stringsOf = (outputs: PropertyBag) => ({ digest: String(outputs["digest"]) });
  const writes = () => proxy.requests.filter(({ method }) => !["GET", "HEAD"].includes(method));
  const removeBlob = (blob: unknown) =>
    fetch(`${registry().url}/v2/${repository.name}/blobs/${String(blob)}`, { method: "DELETE" });

  it("is unchanged as long as the registry has it", async () => {
    const { changes, inputs } = await image.preview(missing, startProcess());
    assert.deepEqual([changes, inputs["digest"]], [false, digest]);
  });

  it("is an error that names both when the registry does not have it any more", async () => {
    await repository.deleteManifest(digest);
    const message = new RegExp(
      `/nowhere/server .*And .*@${digest}, which ifSourceMissing: "keep" would keep, is not there`,
    );
    await assert.rejects(image.preview(missing), { code: "ERR_NOT_FOUND", message });
  });

  it("is an error without it", async () => {
    await assert.rejects(image.preview({ ...missing, ifSourceMissing: "fail" }), { code: "ERR_SOURCE_UNAVAILABLE" });
  });

  it("gets its tag back when somebody moved it, with one write", async () => {
    const moved = await repository.moveTag("a");
    assert.deepEqual((await image.preview(missing)).inputs["drift"], { a: moved });
    proxy.reset();
    await image.up(missing);
    assert.equal(await repository.digestAt("a"), digest);
    assert.deepEqual(
      writes().map(({ method, path }) => `${method} ${path.split("/").at(-1)}`),
      ["PUT a"],
    );
    assert.equal((await image.preview(missing)).changes, false);
  });

  it("gets its tag back when somebody deleted it", async () => {
    await repository.deleteManifest(await repository.moveTag("a"));
    assert.deepEqual((await image.preview(missing)).inputs["drift"], { a: "gone" });
    await image.up(missing);
    assert.equal(await repository.digestAt("a"), digest);
    assert.equal((await image.preview(missing)).changes, false);
  });

  it("gets another tag from the program", async () => {
    await image.up({ ...missing, tag: "b", onUnlist: "untag" });
    assert.equal(await repository.digestAt("b"), digest);
    assert.equal(await repository.digestAt("a"), undefined);
  });

  it("cannot get a blob back that a refresh did not find: the next preview is an error", async () => {
    await removeBlob(image.kept?.outputs["configDigest"]);
    await image.refresh();
    await assert.rejects(image.preview(missing), { code: "ERR_NOT_FOUND", message: /would keep, is not there either/ });
  });

  it("cannot get a layer back that an update finds gone, and writes no tag", async () => {
    const moved = await repository.moveTag("a");
    await removeBlob([image.kept?.outputs["layers"]].flat()[0]);
    await assert.rejects(image.up(missing), { code: "ERR_NOT_FOUND", message: /or not whole. Bring the source back/ });
    assert.equal(await repository.digestAt("a"), moved);
  });

  it("cannot get an attestation back: the next preview is an error", async () => {
    const theirs = newTestRepository(proxy);
    const built = await theirs.image("linux/amd64");
    const attestation = await seedAttestation(proxy.address, theirs.name, built);
    const { digest: index } = await seedIndex(proxy.address, theirs.name, [built, attestation], "built");
    const source = { image: `${proxy.address}/${theirs.name}:built` };
    const attested = platformImage();
    await attested.up({ ...missing, tag: "attested", source });
    await theirs.deleteManifest(index);
    assert.equal((await attested.preview({ ...missing, tag: "attested", source })).changes, false);
    await repository.deleteManifest(attestation.digest);
    const preview = attested.preview({ ...missing, tag: "attested", source });
    await assert.rejects(preview, { code: "ERR_NOT_FOUND", message: /would keep, is not there either, or not whole/ });
  });
});
