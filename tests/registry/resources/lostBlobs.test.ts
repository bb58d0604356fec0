import assert from "node:assert/strict";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { forEachRegistry } from "../../support/registries";
import { platformImage } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";
import { scripts } from "./scripts";

forEachRegistry("a refresh of a PlatformImage", (registry) => {
  const files = scripts();
  let proxy: CountingProxy;
  let repository: TestRepository;
  before(async () => {
    proxy = await countingProxy(registry().address);
  });
  beforeEach(() => {
    repository = newTestRepository(proxy);
  });
  after(() => proxy.stop());

  const blobUrl = (digest: unknown) => `${registry().url}/v2/${repository.name}/blobs/${String(digest)}`;

  it("looks at tag, manifest, config and layer, once each", async () => {
    const image = platformImage();
    await image.up({ ...repository.target, tag: "amd64", platform: "linux/amd64", source: files.source() });
    proxy.reset();
    await image.refresh();
    assert.deepEqual(proxy.requests.map(({ method }) => method).sort(), ["GET", "HEAD", "HEAD", "HEAD"]);
  });

  for (const tag of [undefined, "amd64"]) {
    it(`finds a config that is gone, and the next up ${tag ? "with" : "without"} a tag sends it again`, async () => {
      const image = platformImage();
      const program = { ...repository.target, ...(tag && { tag }), platform: "linux/amd64", source: files.source() };
      const { configDigest } = await image.up(program);
      await fetch(blobUrl(configDigest), { method: "DELETE" });
      const outputs = await image.refresh();
      assert.deepEqual(outputs?.["drift"], { [`blob ${String(configDigest)}`]: "gone" });
      await image.up(program);
      assert.equal((await fetch(blobUrl(configDigest), { method: "HEAD" })).status, 200);
      assert.equal((await image.preview(program)).changes, false);
    });
  }
});
