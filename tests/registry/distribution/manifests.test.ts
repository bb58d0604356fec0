import assert from "node:assert/strict";
import { hasCode, hasRegistryCode } from "../../../provider/errors";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { type CountingProxy, countingProxy, longestChain, roundsOf } from "../../support/countingProxy";
import { forEachRegistry } from "../../support/registries";
import { manifestOf, newClient, newRepository, randomBlob, uniqueIndex, uniqueName } from "./content";

forEachRegistry("manifests", (registry) => {
  let proxy: CountingProxy;
  const name = uniqueName();
  const requests = () => proxy.requests.map(({ method, path }) => `${method} ${path.replace(`/v2/${name}/`, "")}`);
  before(async () => {
    proxy = await countingProxy(registry().address);
  });
  beforeEach(() => proxy.reset());
  after(() => proxy.stop());

  it("pings the registry and tells its API version", async () => {
    assert.deepEqual(await newClient(registry().address).ping(), { apiVersion: "registry/2.0" });
  });

  it("writes a manifest under a tag with one request", async () => {
    const index = uniqueIndex();
    await newRepository(proxy.address, name).putManifest("one", index);
    assert.deepEqual(requests(), ["PUT manifests/one"]);
  });

  it("says that a registry without the referrers API did not handle the subject", async () => {
    const index = uniqueIndex();
    assert.deepEqual(await newRepository(proxy.address, name).putManifest("subject", index), { subjectHandled: false });
  });

  it("writes manifests about one subject one after another, because a registry may lose one of two that come at once", async () => {
    const inRounds = await countingProxy(registry().address, roundsOf(25));
    const repository = newRepository(inRounds.address, name);
    const subjects = [uniqueIndex().descriptor, uniqueIndex().descriptor];
    const about = [...subjects, ...subjects].map((subject) => uniqueIndex({ subject }));
    await Promise.all(about.map((index) => repository.putManifest(index.descriptor.digest, index)));
    await inRounds.stop();
    assert.equal(inRounds.requests.length, 4);
    assert.equal(longestChain(inRounds.requests), 2);
  });

  it("reads back exactly what was written, by tag and by digest", async () => {
    const index = uniqueIndex();
    await newRepository(proxy.address, name).putManifest("two", index);
    for (const reference of ["two", index.descriptor.digest]) {
      const content = await newRepository(proxy.address, name).getManifest(reference);
      assert.deepEqual(content?.descriptor, index.descriptor);
      assert.deepEqual(Buffer.from(content.bytes), Buffer.from(index.bytes));
    }
  });

  it("looks at a tag with one HEAD, each time", async () => {
    const index = uniqueIndex();
    const repository = newRepository(proxy.address, name);
    await repository.putManifest("three", index);
    proxy.reset();
    assert.deepEqual(await repository.headManifest("three"), index.descriptor);
    assert.deepEqual(await repository.headManifest("three"), index.descriptor);
    assert.deepEqual(requests(), ["HEAD manifests/three", "HEAD manifests/three"]);
  });

  it("looks at a digest with one HEAD in a process, however often and however many ask", async () => {
    const index = uniqueIndex();
    const { digest } = index.descriptor;
    await newRepository(proxy.address, name).putManifest(digest, index);
    proxy.reset();
    const repository = newRepository(proxy.address, name);
    await Promise.all([repository.headManifest(digest), repository.headManifest(digest)]);
    await repository.headManifest(digest);
    assert.deepEqual(requests(), [`HEAD manifests/${digest}`]);
  });

  it("fetches a digest with one GET in a process, however often and however many ask", async () => {
    const index = uniqueIndex();
    const { digest } = index.descriptor;
    await newRepository(proxy.address, name).putManifest(digest, index);
    proxy.reset();
    const repository = newRepository(proxy.address, name);
    await Promise.all([repository.getManifest(digest), repository.getManifest(digest)]);
    await repository.getManifest(digest);
    assert.deepEqual(requests(), [`GET manifests/${digest}`]);
  });

  it("needs no request for a manifest that this process has written", async () => {
    const index = uniqueIndex();
    const repository = newRepository(proxy.address, name);
    await repository.putManifest("four", index);
    proxy.reset();
    assert.deepEqual(await repository.getManifest(index.descriptor.digest), index);
    assert.deepEqual(requests(), []);
  });

  for (const reference of ["absent", uniqueIndex().descriptor.digest]) {
    it(`finds nothing under ${reference.slice(0, 6)}… that is not there`, async () => {
      const repository = newRepository(proxy.address, name);
      assert.equal(await repository.headManifest(reference), undefined);
      assert.equal(await repository.getManifest(reference), undefined);
    });
  }

  it("finds nothing in a repository that is not there", async () => {
    assert.equal(await newRepository(proxy.address, uniqueName()).headManifest("1.0"), undefined);
  });

  it("tells which child an index lacks, and looks again at what it knew of the repository", async () => {
    const repository = newRepository(proxy.address, name);
    const child = uniqueIndex();
    await repository.putManifest(child.descriptor.digest, child);
    await newRepository(proxy.address, name).deleteManifest(child.descriptor.digest);
    const index = manifestOf({ manifests: [child.descriptor] }, mediaTypes.ociIndex);
    await assert.rejects(repository.putManifest("five", index), (error) =>
      hasRegistryCode(error, "MANIFEST_BLOB_UNKNOWN"),
    );
    assert.equal(await repository.headManifest(child.descriptor.digest), undefined);
  });

  it("deletes a manifest, and counts one that is gone as deleted", async () => {
    const index = uniqueIndex();
    const repository = newRepository(proxy.address, name);
    await repository.putManifest("six", index);
    await repository.deleteManifest(index.descriptor.digest);
    await repository.deleteManifest(index.descriptor.digest);
    assert.equal(await repository.headManifest(index.descriptor.digest), undefined);
  });

  it("security row 9: refuses to send bytes under a digest that is not theirs", async () => {
    const { digest } = uniqueIndex().descriptor;
    const put = newRepository(proxy.address, name).putManifest(digest, uniqueIndex());
    await assert.rejects(put, (error) => hasCode(error, "ERR_DIGEST_MISMATCH"));
    assert.deepEqual(requests(), []);
  });

  it("security row 6: refuses to send a manifest over 4 MiB", async () => {
    const large = manifestOf(
      { manifests: [], annotations: { large: "x".repeat(4 * 1024 * 1024) } },
      mediaTypes.ociIndex,
    );
    const put = newRepository(proxy.address, name).putManifest("large", large);
    await assert.rejects(put, (error) => hasCode(error, "ERR_CONTENT_TOO_LARGE"));
  });

  it("names method, URL, status, code and remedy when an image's blobs are missing", async () => {
    const config = randomBlob().descriptor;
    const image = manifestOf({ config, layers: [] }, mediaTypes.ociManifest);
    await assert.rejects(newRepository(proxy.address, name).putManifest("seven", image), {
      message: new RegExp(
        `^PUT http://${proxy.address}/v2/${name}/manifests/seven: 400 MANIFEST_BLOB_UNKNOWN: .*Push the blobs and manifests`,
      ),
    });
  });
});
